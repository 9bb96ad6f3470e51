using System.Diagnostics.CodeAnalysis;
using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>A process's descriptors: small numbers, always the lowest free one.</summary>
internal sealed class FileDescriptorTable
{
    /// <summary>The hard limit, as <c>/proc/sys/fs/nr_open</c>.</summary>
    public const int CountMax = 1 << 20;

    private const int InitialCapacity = 64;

    private Slot[] _slots = new Slot[InitialCapacity];

    /// <summary>RLIMIT_NOFILE, soft: new descriptors are below it.</summary>
    public int Limit { get; set; } = 1024;

    /// <summary>One above the highest descriptor that may be open.</summary>
    public int End => _slots.Length;

    /// <summary>Descriptors that are open, in order.</summary>
    public IEnumerable<int> Open()
    {
        for (int i = 0; i < _slots.Length; i++)
        {
            if (_slots[i].File is not null)
            {
                yield return i;
            }
        }
    }

    public bool TryGet(int descriptor, [NotNullWhen(true)] out OpenFile? file)
    {
        file = (uint)descriptor < (uint)_slots.Length ? _slots[descriptor].File : null;
        return file is not null;
    }

    public bool IsCloseOnExec(int descriptor) => _slots[descriptor].IsCloseOnExec;

    public void SetCloseOnExec(int descriptor, bool isCloseOnExec)
    {
        Invariant.Require(_slots[descriptor].File is not null);
        _slots[descriptor].IsCloseOnExec = isCloseOnExec;
    }

    /// <summary>Takes the lowest free descriptor from <paramref name="lowest"/> on.</summary>
    /// <returns>The descriptor, or -EMFILE.</returns>
    public int Add(OpenFile file, bool isCloseOnExec, int lowest = 0)
    {
        int descriptor = lowest;
        while (descriptor < _slots.Length && _slots[descriptor].File is not null)
        {
            descriptor++;
        }

        if (descriptor >= Limit)
        {
            return -Errno.EMFILE;
        }

        Set(descriptor, file, isCloseOnExec);
        return descriptor;
    }

    /// <summary>Makes a descriptor refer to a file, closing what it referred to.</summary>
    public void Replace(int descriptor, OpenFile file, bool isCloseOnExec)
    {
        Invariant.Require(descriptor >= 0 && descriptor < Limit);
        OpenFile? old = descriptor < _slots.Length ? _slots[descriptor].File : null;
        Set(descriptor, file, isCloseOnExec);
        if (old is not null)
        {
            Release(old);
        }
    }

    /// <returns>False if it was not open.</returns>
    public bool Close(int descriptor)
    {
        if (!TryGet(descriptor, out OpenFile? file))
        {
            return false;
        }

        _slots[descriptor] = default;
        Release(file);
        return true;
    }

    public void CloseAll()
    {
        for (int i = 0; i < _slots.Length; i++)
        {
            Close(i);
        }
    }

    public void CloseOnExec()
    {
        for (int i = 0; i < _slots.Length; i++)
        {
            if (_slots[i].IsCloseOnExec)
            {
                Close(i);
            }
        }
    }

    /// <summary>The same descriptors for a child, referring to the same open files.</summary>
    public FileDescriptorTable Fork()
    {
        FileDescriptorTable copy = new() { Limit = Limit, _slots = (Slot[])_slots.Clone() };
        foreach (Slot slot in copy._slots)
        {
            slot.File?.AddReference();
        }

        return copy;
    }

    /// <summary>A process loses its record locks of a file when it closes any descriptor of it.
    /// </summary>
    private void Release(OpenFile file)
    {
        file.Inode.Record.Locks?.Release(this);
        file.Release();
    }

    private void Set(int descriptor, OpenFile file, bool isCloseOnExec)
    {
        if (descriptor >= _slots.Length)
        {
            Array.Resize(ref _slots, Math.Max(descriptor + 1, _slots.Length * 2));
        }

        file.AddReference();
        _slots[descriptor] = new Slot { File = file, IsCloseOnExec = isCloseOnExec };
    }

    private struct Slot
    {
        public OpenFile? File;
        public bool IsCloseOnExec;
    }
}
