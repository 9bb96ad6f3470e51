using System.Text;
using Dilaton.Cosim;
using Dilaton.Guest;

namespace Dilaton.Cli;

/// <summary>The files of a node's profile. They are opened before the worker is shut in, and written at the
/// end.</summary>
internal sealed class ProfileFiles : IDisposable
{
    public const string TextName = "profile.txt";
    public const string JsonName = "profile.json";
    public const string CsvName = "profile.csv";
    public const string DataName = "profile-data.csv";
    public const string CachegrindName = "cachegrind.out";
    public const string TimelineName = "timeline.json";

    private readonly NodeJob _node;
    private readonly Dictionary<string, FileStream> _streams = new(StringComparer.Ordinal);
    private bool _isWritten;

    private ProfileFiles(NodeJob node, string folder)
    {
        _node = node;
        Directory.CreateDirectory(folder);
        foreach (string name in Names.Where(IsWanted))
        {
            _streams.Add(name, new FileStream(Path.Combine(folder, name), FileMode.Create));
        }

        Profile = node.Profile.By == ProfileChoice.None
            ? null
            : new NodeProfile(
                node.Cores.Count,
                node.Cores.Model.Cpi.Numerator,
                HasData,
                node.Cores.Model.BranchPredictor != BranchPredictorChoice.None);
        Timeline = node.Profile.Timeline ? new SliceTimeline(node.Cores.Count) : null;
        Allocations = HasData ? new AllocationSites() : null;
    }

    /// <summary>Files that a node's folder can have of a profile.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [TextName, JsonName, CsvName, DataName, CachegrindName, TimelineName];

    /// <summary>Null: there is the timeline only.</summary>
    public NodeProfile? Profile { get; }

    /// <summary>Null: nobody asks.</summary>
    public SliceTimeline? Timeline { get; }

    /// <summary>Null: nobody looks at what the program allocates.</summary>
    public AllocationSites? Allocations { get; }

    private bool HasData => _node.Profile.By == ProfileChoice.Data;

    /// <summary>Null: the node is to have none.</summary>
    public static ProfileFiles? Open(NodeJob node, string folder) =>
        node.Profile is { By: ProfileChoice.None, Timeline: false } ? null : new ProfileFiles(node, folder);

    /// <summary>Writes what the run came to; once.</summary>
    public void Write(NodeSession session, CodeNames names)
    {
        if (_isWritten)
        {
            return;
        }

        _isWritten = true;
        if (Timeline is not null)
        {
            _streams[TimelineName].Write(PerfettoFile.Of(_node.Name, Timeline, session.EndSlices()));
        }

        if (Profile is not null)
        {
            Write(session.ReadProfile(Profile), names);
        }
    }

    private bool IsWanted(string name) => name switch
    {
        DataName => HasData,
        TimelineName => _node.Profile.Timeline,
        _ => _node.Profile.By != ProfileChoice.None,
    };

    private void Write(ProfileTable table, CodeNames names)
    {
        NamedProfile profile = new(table, names, Allocations is { HasFound: false });
        ProgramJob program = _node.Guest.Program;
        Put(JsonName, ProfileJson.Of(profile));
        Put(CsvName, ProfileCsv.Code(profile));
        Put(CachegrindName, CachegrindFile.Of(profile, string.Join(' ', program.Args.Prepend(program.Path))));
        if (HasData)
        {
            Put(DataName, ProfileCsv.Data(profile));
        }

        Put(TextName, ProfileText.Of(profile, _node.Name));
    }

    public void Dispose()
    {
        foreach (FileStream stream in _streams.Values)
        {
            stream.Dispose();
        }
    }

    private void Put(string name, string text) => _streams[name].Write(Encoding.UTF8.GetBytes(text));
}
