namespace Dilaton.Cosim;

/// <summary>Functions that a C or C++ library allocates with: where their arguments and results are.</summary>
internal enum AllocatorCall
{
    /// <summary>malloc(size), operator new(size), valloc(size).</summary>
    Size,

    /// <summary>calloc(count, size).</summary>
    Array,

    /// <summary>aligned_alloc(alignment, size), memalign.</summary>
    Aligned,

    /// <summary>posix_memalign(result, alignment, size); 0 if it succeeded.</summary>
    Posix,

    /// <summary>realloc(memory, size).</summary>
    Resize,

    /// <summary>reallocarray(memory, count, size).</summary>
    ResizeArray,

    /// <summary>free(memory).</summary>
    Free,
}
