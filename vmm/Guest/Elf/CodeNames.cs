using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Names places of programs' code: functions by symbol tables, lines by DWARF. What a file lacks,
/// or has damaged, is told once in <see cref="Remarks"/>, and left out.</summary>
public sealed class CodeNames
{
    private readonly IFileOpener _files;
    private readonly Dictionary<string, Module> _modules = new(StringComparer.Ordinal);
    private readonly List<string> _remarks = [];

    internal CodeNames(IFileOpener files) => _files = files;

    /// <summary>In the order of the files' first use.</summary>
    public IReadOnlyList<string> Remarks => _remarks;

    /// <summary>Takes a file's names from another, that was made from the same build.</summary>
    /// <param name="symbols">A path on the host.</param>
    /// <exception cref="ConfigException">It is none, or of another build.</exception>
    public void UseSymbols(string key, string file, string symbols)
    {
        IMappableFile? program = Open(file);
        try
        {
            var other = new HostSymbolFile(symbols);
            string? own = program is null ? null : BuildId.Of(program);
            string? theirs = BuildId.Of(other);
            if (own is null || theirs is null)
            {
                throw new ConfigException(key, $"{(own is null ? file : symbols)} has no build-id, so nothing says "
                    + $"that {symbols} has the symbols of {file} (DL0810)");
            }

            if (own != theirs)
            {
                throw new ConfigException(
                    key, $"{symbols} is of another build than {file}: build-id {theirs}, not {own} (DL0810)");
            }

            _modules[file] = Read(symbols, other, program!);
        }
        catch (Exception e) when (e is ElfException or IOException or UnauthorizedAccessException)
        {
            throw new ConfigException(key, $"{symbols}: {e.Message} (DL0810)");
        }
    }

    /// <param name="fileOffset">Of the instruction, in bytes.</param>
    public CodeName NameOf(string file, ulong fileOffset)
    {
        ArgumentNullException.ThrowIfNull(file);
        Module module = ModuleOf(file);
        if (module.Symbols is null || !module.Symbols.TryGetAddress(fileOffset, out ulong address))
        {
            return default;
        }

        module.Symbols.TryFind(address, out string? function, out _);
        return module.Lines is not null && module.Lines.TryFind(address, out CodeLine line)
            ? new CodeName(function, line.File, line.Line)
            : new CodeName(function, null, 0);
    }

    /// <summary>Of the named functions those that a file has, and where in it.</summary>
    public IReadOnlyList<(string Name, ulong Offset)> FindAll(string file, IReadOnlyCollection<string> names) =>
        ModuleOf(file).Symbols?.FindAll(names) ?? [];

    private Module ModuleOf(string file)
    {
        if (!_modules.TryGetValue(file, out Module? module))
        {
            module = Open(file) is { } opened ? Read(file, opened, opened) : new Module(null, null);
            _modules.Add(file, module);
        }

        return module;
    }

    private IMappableFile? Open(string path) =>
        _files.TryOpen(path, out IMappableFile? file) == 0 ? file : null;

    /// <param name="segments">Whose segments say where the file's bytes lie.</param>
    private Module Read(string name, IMappableFile file, IMappableFile segments)
    {
        ElfSymbols? symbols = ElfSymbols.TryRead(file, segments);
        if (symbols is null || symbols.Count == 0)
        {
            _remarks.Add($"{name} has no symbols: its code is told as a whole");
        }

        try
        {
            LineTable lines = LineTable.Read(file);
            if (lines.IsEmpty)
            {
                _remarks.Add($"{name} has no line table (compile with -g): its code is told by function");
            }

            return new Module(symbols, lines);
        }
        catch (Exception e) when (e is ElfException or DwarfException or IOException)
        {
            _remarks.Add($"{name}: its line table is damaged: {e.Message}; its code is told by function (DL0811)");
            return new Module(symbols, null);
        }
    }

    private sealed record Module(ElfSymbols? Symbols, LineTable? Lines);
}
