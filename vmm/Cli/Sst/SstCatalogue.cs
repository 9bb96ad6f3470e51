using System.Xml;
using System.Xml.Linq;

namespace Dilaton.Cli;

/// <summary>What the element libraries of an SST offer, asked of its `sst-info` once a library and
/// run.</summary>
internal sealed class SstCatalogue(SstTools tools)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, SstLibrary?> _libraries = [];
    private IReadOnlyList<string> _folders = [];

    /// <summary>A catalogue without SST, for tests.</summary>
    public SstCatalogue(IEnumerable<SstLibrary> libraries)
        : this(new SstTools("", ""))
    {
        foreach (SstLibrary library in libraries)
        {
            _libraries[library.Name] = library;
        }
    }

    /// <summary>How often `sst-info` was started.</summary>
    public int Questions { get; private set; }

    /// <returns>Null if SST has no such library, or can't load it.</returns>
    public SstLibrary? Find(string name)
    {
        Load([name]);
        return _libraries.GetValueOrDefault(name);
    }

    /// <summary>Asks for several libraries at once.</summary>
    public void Load(IEnumerable<string> names)
    {
        string[] wanted = [.. names.Distinct().Where(name => !_libraries.ContainsKey(name))];
        if (wanted.Length > 0 && tools.Info.Length > 0)
        {
            Take(Ask(wanted));
            foreach (string name in wanted)
            {
                _libraries.TryAdd(name, null);
            }
        }
    }

    public IReadOnlyList<SstLibrary> All()
    {
        Take(Ask([]));
        return [.. _libraries.Values.OfType<SstLibrary>()
            .OrderBy(library => library.Name, StringComparer.Ordinal)];
    }

    /// <summary>Names of the libraries that SST would find, without loading them.</summary>
    public IReadOnlyList<string> Names() => _folders.Count == 0
        ? [.. _libraries.Where(l => l.Value is not null).Select(l => l.Key)]
        : [.. _folders.Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "lib*.so"))
            .Select(file => Path.GetFileNameWithoutExtension(file)["lib".Length..])
            .Distinct()
            .Order(StringComparer.Ordinal)];

    private void Take(XDocument document)
    {
        _folders = SstInfoXml.Folders(document);
        foreach (SstLibrary library in SstInfoXml.Libraries(document))
        {
            _libraries[library.Name] = library;
        }
    }

    private XDocument Ask(IReadOnlyList<string> names)
    {
        Questions++;
        string file = Path.GetTempFileName();
        try
        {
            ToolRun.Of(
                tools.Info,
                ["-n", "-x", "-o", file, $"--add-lib-path={Bridges.SstFolder}", .. names],
                new Dictionary<string, string?>(),
                s_limit);
            return XDocument.Load(file);
        }
        catch (XmlException e)
        {
            throw new SstToolException(
                $"{tools.Info} does not describe {string.Join(", ", names)}: {e.Message}");
        }
        finally
        {
            File.Delete(file);
        }
    }
}
