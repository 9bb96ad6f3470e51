using System.Net;
using System.Net.Sockets;
using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>Which jobs can have a debugger.</summary>
internal static class DebugChecks
{
    public static void Check(Job job, string? address, DiagnosticBag bag)
    {
        if (address is null)
        {
            return;
        }

        EndPoint? place = DebugAddress.TryParse(address);
        if (place is null)
        {
            bag.Error(
                DiagnosticCode.BadOption,
                $"--gdb: '{address}' is neither a port nor unix:PATH",
                "--gdb 1234, --gdb 0 for any free port, or --gdb unix:/tmp/guest.sock");
        }
        else if (place is UnixDomainSocketEndPoint && Path.Exists(place.ToString()))
        {
            // It is deleted at the end.
            bag.Error(
                DiagnosticCode.BadOption, $"--gdb: there is a file {place} already", "name another");
        }

        if (job.Nodes.Count != 1)
        {
            bag.Error(
                DiagnosticCode.DebuggerImpossible,
                $"--gdb debugs the one node of its job, and this one has {job.Nodes.Count}");
        }
        else if (job.Network is not null)
        {
            bag.Error(
                DiagnosticCode.DebuggerImpossible,
                "--gdb debugs a node without a network: the others would wait for it");
        }
        else if (EngineKind.Of(job.Nodes[0]) is var kind && !kind.Has(EngineTraits.StopsAtExactInstruction))
        {
            bag.Error(
                DiagnosticCode.DebuggerImpossible,
                $"--gdb needs an engine that has {EngineTraits.StopsAtExactInstruction}, and {kind.Word} has not",
                $"engine: {EngineKind.With(EngineTraits.StopsAtExactInstruction, EngineKind.KvmPrograms.Guest)?.Word} "
                    + "has it");
        }
        else if (job.Nodes[0].Profile.By == ProfileChoice.Data)
        {
            bag.Error(
                DiagnosticCode.DebuggerImpossible,
                "--gdb and profile.by: data both look at addresses of the guest, and one of them can",
                "give profile.by: code");
        }
    }
}
