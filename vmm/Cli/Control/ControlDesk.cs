using System.Text.Json;
using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Kvm;

namespace Dilaton.Cli;

/// <summary>Does what a running job is told, one thing after the other; see
/// <see cref="ControlState"/>. On the front's first thread.</summary>
/// <param name="server">Null: nobody can say anything.</param>
/// <param name="job">With the factors that are foretold.</param>
internal sealed class ControlDesk(
    ControlServer? server, RunRecord run, Job job, ResultFolder folder, WorkerGroup workers,
    ClusterRun? cluster, StopRequests stop)
{
    /// <summary>While nothing is said, and while somebody waits.</summary>
    private const int PatienceMs = 250;
    private const int ImpatienceMs = 10;

    private readonly StandKeeper _stands = new(run, workers, cluster);
    private readonly Queue<(ControlConnection From, ControlRequest Request)> _open = new();
    private readonly HashSet<int> _told = [];
    private readonly VirtualTime[] _last = new VirtualTime[run.Nodes.Count];
    private ControlState _state;
    private bool _isPaused;
    private Job _job = job;
    private ControlChange? _change;
    private double _seconds;

    public int TurnMs => _open.Count > 0 ? ImpatienceMs : PatienceMs;

    public IEnumerable<int> Descriptors => server?.Descriptors ?? [];

    /// <summary>Nodes stand, or are to, as an operator said.</summary>
    public bool Halts => _state != ControlState.Runs;

    public void Hear(int node, WorkerMessage message)
    {
        if (message is { Kind: WorkerMessageKind.Stands, Stand: { } stand })
        {
            _stands.Hear(node, stand);
        }
        else if (message.Kind == WorkerMessageKind.Changed)
        {
            _told.Remove(node);
        }
    }

    /// <summary>Once a turn of the front.</summary>
    /// <param name="seconds">Host time since the beginning.</param>
    public void Step(double seconds)
    {
        _seconds = seconds;
        server?.Poll(Take);
        _stands.Step();
        while (Advance())
        {
        }
    }

    private void Take(ControlConnection from, string line)
    {
        DiagnosticBag bag = new();
        ControlRequest? request = ControlRequest.Read(line, bag);
        switch (request?.Verb)
        {
            case null:
                from.Answer(ControlAnswer.Refused(bag));
                break;
            case ControlVerb.Status:
                from.Answer(ControlAnswer.Done(
                    $"{StateWord()}: {ProgressLine.Of(run, _seconds)}", WriteStatus));
                break;
            case ControlVerb.Stop:
                // The end of the connection is the answer: then the results are there.
                stop.Request(StopReason.Asked);
                break;
            case { } verb when SystemHost.Refuses(run.Job, verb, KvmProbe.RunForHolds) is var (code, what, help):
                from.Answer(ControlAnswer.Refused(code, what, help));
                break;
            default:
                _open.Enqueue((from, request));
                break;
        }
    }

    /// <returns>False: nothing can be done now.</returns>
    private bool Advance()
    {
        if (stop.Reason != StopReason.None || run.Nodes.All(node => node.HasFinished))
        {
            // It is told by the end of the connection, when the results are there.
            return false;
        }

        switch (_state)
        {
            case ControlState.Runs when _open.Count > 0:
                if (_open.Peek().Request.Verb == ControlVerb.Resume)
                {
                    Refuse("the job is not paused", "");
                    return true;
                }

                _stands.Begin();
                _state = ControlState.Halts;
                return true;
            case ControlState.Halts when _stands.IsComplete:
                _state = ControlState.Stands;
                return true;
            case ControlState.Stands when _open.Count > 0:
                Do(_open.Peek().Request);
                return true;
            case ControlState.Stands when !_isPaused:
                GoOn();
                return true;
            case ControlState.Changes when HaveAllHeard():
                FinishChange();
                return true;
            default:
                return false;
        }
    }

    /// <summary>While all stand.</summary>
    private void Do(ControlRequest request)
    {
        switch (request.Verb)
        {
            case ControlVerb.Pause when _isPaused:
                Refuse("the job is paused already", "resume lets it go on");
                break;
            case ControlVerb.Pause:
                _isPaused = true;
                Answer($"paused at {ProgressLine.Short(run.TimePs)}", WriteStatus);
                break;
            case ControlVerb.Resume when _isPaused:
                _isPaused = false;
                Answer("goes on");
                break;
            case ControlVerb.Resume:
                Refuse("the job is not paused", "");
                break;
            default:
                BeginChange(request);
                break;
        }
    }

    private void GoOn()
    {
        _stands.Release();
        _state = ControlState.Runs;
    }

    private void BeginChange(ControlRequest request)
    {
        DiagnosticBag bag = new();
        ControlChange? change = new ControlPlan(run, _job, _stands, _last).Make(request, bag);
        Job? changed = change is null
            ? null
            : ControlledTdf.Apply(
                _job, change.Factor, change.At, [.. change.Nodes.Select(each => each.Node)], bag);
        if (change is null || changed is null)
        {
            _open.Dequeue().From.Answer(ControlAnswer.Refused(bag));
            return;
        }

        _job = changed;
        _change = change;
        HashSet<string> names = [.. change.Nodes.Select(each => each.Node)];
        for (int i = 0; i < run.Nodes.Count; i++)
        {
            if (names.Contains(run.Nodes[i].Node.Name))
            {
                _last[i] = change.At;
                _told.Add(i);
                workers.ChangeRates(i, change.At, change.Factor);
            }
        }

        _state = ControlState.Changes;
    }

    private bool HaveAllHeard()
    {
        _told.RemoveWhere(node => run.Nodes[node].HasFinished);
        return _told.Count == 0;
    }

    private void FinishChange()
    {
        ControlChange change = _change!; // Set when it began.
        run.IsInteractive = true;
        folder.AppendControl(run.Job.Name, change);
        string names = NodeNotes.Names([.. change.Nodes.Select(each => each.Node)]);
        Answer(
            $"the TDF of {names} is {RatioText.Format(change.Factor)} from {change.At} on",
            json =>
            {
                json.WriteNumber("atPs", change.At.Picoseconds);
                json.WriteString("tdf", RatioText.Format(change.Factor));
            });
        _change = null;
        _state = ControlState.Stands;
    }

    private void Answer(string text, Action<Utf8JsonWriter>? more = null) =>
        _open.Dequeue().From.Answer(ControlAnswer.Done(text, more));

    private void Refuse(string why, string help) => _open.Dequeue().From.Answer(
        ControlAnswer.Refused(DiagnosticCode.ControlRefused, why, help));

    private string StateWord() => _state switch
    {
        _ when stop.Reason != StopReason.None => "ending",
        _ when _isPaused => "paused",
        ControlState.Halts when _open.TryPeek(out (ControlConnection, ControlRequest Request) next)
            && next.Request.Verb == ControlVerb.Pause => "pausing",
        _ => "running",
    };

    private void WriteStatus(Utf8JsonWriter json) => new ControlStatus(run, _job, _seconds)
    {
        State = StateWord(),
        Waiting = _open.Count,
        AwaitedWorker = cluster?.Awaited is { } awaited ? workers.Layout[awaited.Worker] : null,
    }.Write(json);
}
