namespace Dilaton.Guest;

/// <summary>Names addresses for reports: function, offset and module, from the symbol tables of the
/// files that are mapped. Never fails: an address without a name stays a number.</summary>
internal sealed class SymbolFinder(AddressSpace space, IFileOpener files)
{
    private readonly Dictionary<string, ElfSymbols?> _modules = [];

    /// <summary>Where a call returns to. It may end its function, when it never does return.</summary>
    public string DescribeReturn(ulong address) => Describe(address, 1);

    /// <param name="behind">Find what holds so many bytes before the address.</param>
    public string Describe(ulong address, uint behind = 0)
    {
        if (!space.TryFindArea(address, out MemoryArea area))
        {
            return $"0x{address:x} (not mapped)";
        }

        if (area.File is not { } file)
        {
            return $"0x{address:x} ({area.Kind.ToString().ToLowerInvariant()} memory)";
        }

        ulong offset = area.FileOffset + (address - area.Start);
        ElfSymbols? symbols = Open(file.Name);
        if (symbols is null || !symbols.TryGetAddress(offset, out ulong linked))
        {
            return $"{file.Name}+0x{offset:x}";
        }

        return symbols.TryFind(linked - behind, out string? name, out ulong distance)
            ? $"{name}+0x{distance + behind:x} in {file.Name}"
            : $"{file.Name}+0x{linked:x}";
    }

    private ElfSymbols? Open(string path)
    {
        if (!_modules.TryGetValue(path, out ElfSymbols? symbols))
        {
            symbols = files.TryOpen(path, out IMappableFile? file) == 0 && file is not null
                ? ElfSymbols.TryRead(file)
                : null;
            _modules.Add(path, symbols);
        }

        return symbols;
    }
}
