using System.Text.Encodings.Web;
using System.Text.Json;

namespace Dilaton.Cli;

/// <summary>Writes a job as JSON by hand: the serializer's generic machinery would be compiled anew
/// in each run, which costs more than a small guest. A test holds it to the serializer.</summary>
internal static class JobWriter
{
    public static byte[] Write(Job job, bool indented)
    {
        using MemoryStream stream = new();
        JsonWriterOptions options = new()
        {
            Indented = indented,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        using (Utf8JsonWriter writer = new(stream, options))
        {
            WriteJob(writer, job);
        }

        return stream.ToArray();
    }

    private static void WriteJob(Utf8JsonWriter json, Job job)
    {
        json.WriteStartObject();
        json.WriteString("apiVersion", job.ApiVersion);
        json.WriteString("name", job.Name);
        json.WriteNumber("seed", job.Seed);
        json.WriteStartArray("nodes");
        foreach (NodeJob node in job.Nodes)
        {
            WriteNode(json, node);
        }

        json.WriteEndArray();
        NetworkWriter.Write(json, job.Network);
        WriteTime(json, job.Time);
        WriteKernel(json, job.Kernel);
        NetworkWriter.Write(json, job.Sync);
        json.WriteStartObject("events");
        json.WriteString("level", JobChoices.Level.WordOf(job.Events.Level));
        json.WriteString("regionMarks", JobChoices.RegionMarks.WordOf(job.Events.RegionMarks));
        json.WriteString("writtenPages", job.Events.WrittenPages?.ToString());
        WriteSampling(json, job);
        json.WriteEndObject();
        PeerWriter.Write(json, job.Peers);
        HostWriter.Write(json, job.Hosts);
        json.WriteStartObject("outputs");
        json.WriteString("folder", job.Outputs.Folder);
        json.WriteStartArray("statistics");
        foreach (StatisticsFormat format in job.Outputs.Statistics)
        {
            json.WriteStringValue(JobChoices.Statistics.WordOf(format));
        }

        json.WriteEndArray();
        json.WriteEndObject();
        SweepWriter.Write(json, job.Sweep);
        json.WriteEndObject();
    }

    /// <summary>The keys that its engine has.</summary>
    private static void WriteSampling(Utf8JsonWriter json, Job job)
    {
        bool isMeasured = job.Nodes.Any(node => node.Engine == EngineChoice.Kvm);
        if (job.Events.Sampling is not { } sampling)
        {
            json.WriteNull("sampling");
            return;
        }

        json.WriteStartObject("sampling");
        json.WriteNumber("window", sampling.Window);
        json.WriteNumber("warmup", sampling.Warmup);
        if (isMeasured)
        {
            json.WriteString("every", sampling.Every.ToString());
        }
        else
        {
            json.WriteNumber("period", sampling.Period);
            json.WriteString("warming", JobChoices.Warming.WordOf(sampling.Warming));
        }

        json.WriteEndObject();
    }

    private static void WriteNode(Utf8JsonWriter json, NodeJob node)
    {
        json.WriteStartObject();
        json.WriteString("name", node.Name);
        json.WriteNumber("count", node.Count);
        json.WriteString("engine", JobChoices.Engine.WordOf(node.Engine));
        json.WriteString("isolation", JobChoices.Isolation.WordOf(node.Isolation));
        WriteText(json, "host", node.Host);
        json.WritePropertyName("tdf");
        if (node.Tdf is { } tdf)
        {
            TdfScheduleConverter.WriteTo(json, tdf);
        }
        else
        {
            json.WriteNullValue();
        }

        json.WriteStartObject("cores");
        json.WriteNumber("count", node.Cores.Count);
        json.WriteString("frequency", node.Cores.Frequency.ToString());
        json.WriteString("rates", JobChoices.Rates.WordOf(node.Cores.Rates));
        json.WriteString("share", RatioText.Format(node.Cores.Share));
        WriteModel(json, node.Cores.Model);
        WriteKinds(json, node.Cores.Kinds);
        json.WriteEndObject();
        WriteMemory(json, node.Memory);
        NetworkWriter.Write(json, node.Nic);
        json.WriteStartObject("profile");
        json.WriteString("by", JobChoices.Profile.WordOf(node.Profile.By));
        json.WriteBoolean("timeline", node.Profile.Timeline);
        WriteText(json, "symbols", node.Profile.Symbols);
        json.WriteEndObject();
        WriteGuest(json, node.Guest);
        json.WriteEndObject();
    }

    private static void WriteModel(Utf8JsonWriter json, CoreModelJob model)
    {
        json.WriteStartObject("model");
        json.WriteString("kind", JobChoices.CoreModel.WordOf(model.Kind));
        json.WriteString("cpi", RatioText.Format(model.Cpi));
        json.WriteNumber("storeBuffer", model.StoreBuffer);
        WriteNumber(json, "width", model.Width);
        WriteNumber(json, "window", model.Window);
        WriteNumber(json, "loadBuffer", model.LoadBuffer);
        WriteNumber(json, "mshrs", model.Mshrs);
        json.WriteString("branchPredictor", JobChoices.BranchPredictor.WordOf(model.BranchPredictor));
        WriteNumber(json, "branchEntries", model.BranchEntries);
        WriteNumber(json, "mispredictPenalty", model.MispredictPenalty);
        WriteNumber(json, "returnStack", model.ReturnStack);
        WriteNumber(json, "indirectSets", model.IndirectSets);
        WriteNumber(json, "indirectWays", model.IndirectWays);
        WriteNumber(json, "indirectPathLength", model.IndirectPathLength);
        json.WriteEndObject();
    }

    private static void WriteKinds(Utf8JsonWriter json, IReadOnlyList<CoreKindJob> kinds)
    {
        json.WriteStartArray("kinds");
        foreach (CoreKindJob kind in kinds)
        {
            json.WriteStartObject();
            json.WriteNumber("count", kind.Count);
            json.WriteString("speed", RatioText.Format(kind.Speed));
            WriteModel(json, kind.Model);
            WriteKindCaches(json, kind.Caches);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteKindCaches(Utf8JsonWriter json, KindCachesJob? caches)
    {
        if (caches is null)
        {
            json.WriteNull("caches");
            return;
        }

        json.WriteStartObject("caches");
        foreach ((string key, CacheShapeJob shape) in caches.Levels())
        {
            json.WriteStartObject(key);
            WriteText(json, "size", shape.Size?.ToString());
            WriteNumber(json, "ways", shape.Ways);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, int? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void WriteMemory(Utf8JsonWriter json, MemoryJob memory)
    {
        json.WriteStartObject("memory");
        json.WriteString("size", memory.Size.ToString());
        json.WriteString("addressing", JobChoices.Addressing.WordOf(memory.Addressing));
        json.WriteString("preset", JobChoices.Preset.WordOf(memory.Preset));
        json.WriteString("cut", JobChoices.Cut.WordOf(memory.Cut));
        WriteText(json, "peer", memory.Peer);
        CachesJob caches = memory.Caches;
        json.WriteStartObject("caches");
        json.WriteString("lineSize", caches.LineSize.ToString());
        WriteCache(json, "l1i", caches.L1i);
        WriteCache(json, "l1d", caches.L1d);
        WriteCache(json, "l2", caches.L2);
        json.WriteString("l2Sharing", JobChoices.Sharing.WordOf(caches.L2Sharing));
        WriteCache(json, "l3", caches.L3);
        json.WriteString("inclusion", JobChoices.Inclusion.WordOf(caches.Inclusion));
        json.WriteString("writebacks", JobChoices.Writebacks.WordOf(caches.Writebacks));
        json.WriteString("modifies", JobChoices.Modifies.WordOf(caches.Modifies));
        WriteText(json, "coherence", caches.Coherence?.ToString());
        json.WriteEndObject();
        WriteTlb(json, memory.Tlb);
        DramWriter.Write(json, memory.Dram);
        NumaWriter.Write(json, memory.Numa);
        json.WriteString("trace", JobChoices.Trace.WordOf(memory.Trace));
        WriteWindows(json, memory.Windows);
        json.WriteEndObject();
    }

    private static void WriteWindows(Utf8JsonWriter json, IReadOnlyList<WindowJob> windows)
    {
        json.WriteStartArray("windows");
        foreach (WindowJob window in windows)
        {
            json.WriteStartObject();
            json.WriteString("name", window.Name);
            json.WriteString("size", window.Size.ToString());
            WriteText(json, "peer", window.Peer);
            json.WriteString("kind", JobChoices.WindowKind.WordOf(window.Kind));
            WriteText(json, "base", window.Base?.ToString());
            if (window.Dram is { } dram)
            {
                DramWriter.Write(json, dram);
            }
            else
            {
                json.WriteNull("dram");
            }

            NumaWriter.WriteLink(json, window.Link);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteTlb(Utf8JsonWriter json, TlbJob? tlb)
    {
        if (tlb is null)
        {
            json.WriteNull("tlb");
            return;
        }

        json.WriteStartObject("tlb");
        json.WriteNumber("itlbEntries", tlb.ItlbEntries);
        json.WriteNumber("itlbWays", tlb.ItlbWays);
        json.WriteNumber("dtlbEntries", tlb.DtlbEntries);
        json.WriteNumber("dtlbWays", tlb.DtlbWays);
        json.WriteNumber("stlbEntries", tlb.StlbEntries);
        json.WriteNumber("stlbWays", tlb.StlbWays);
        json.WriteString("stlbLatency", tlb.StlbLatency.ToString());
        json.WriteNumber("walkCache", tlb.WalkCache);
        json.WriteEndObject();
    }

    private static void WriteCache(Utf8JsonWriter json, string name, CacheJob? cache)
    {
        if (cache is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        json.WriteString("size", cache.Size.ToString());
        json.WriteNumber("ways", cache.Ways);
        json.WriteString("latency", cache.Latency.ToString());
        json.WriteString("replacement", JobChoices.Replacement.WordOf(cache.Replacement));
        json.WriteString("writes", JobChoices.Writes.WordOf(cache.Writes));
        json.WriteString("writeMisses", JobChoices.WriteMisses.WordOf(cache.WriteMisses));
        json.WriteString("prefetcher", JobChoices.Prefetcher.WordOf(cache.Prefetcher));
        json.WriteNumber("prefetchDegree", cache.PrefetchDegree);
        json.WriteNumber("prefetchDistance", cache.PrefetchDistance);
        json.WriteEndObject();
    }

    private static void WriteGuest(Utf8JsonWriter json, GuestJob guest)
    {
        if (guest.System is { } system)
        {
            SystemWriter.Write(json, system);
            return;
        }

        ProgramJob program = guest.Program;
        json.WriteStartObject("guest");
        json.WriteStartObject("program");
        json.WriteString("path", program.Path);
        WriteText(json, "arg0", program.Arg0);
        json.WriteStartArray("args");
        foreach (string argument in program.Args)
        {
            json.WriteStringValue(argument);
        }

        json.WriteEndArray();
        json.WriteStartObject("env");
        foreach (KeyValuePair<string, string> pair in program.Env)
        {
            json.WriteString(pair.Key, pair.Value);
        }

        json.WriteEndObject();
        json.WriteString("cwd", program.Cwd);
        json.WriteString("stdin", program.Stdin);
        json.WriteString("stdout", JobChoices.Output.WordOf(program.Stdout));
        json.WriteString("stderr", JobChoices.Output.WordOf(program.Stderr));
        json.WriteEndObject();
        json.WriteNull("system");
        json.WriteStartArray("files");
        foreach (GrantJob grant in guest.Files)
        {
            json.WriteStartObject();
            json.WriteString("path", grant.Path);
            json.WriteString("at", grant.At);
            json.WriteString("access", JobChoices.Access.WordOf(grant.Access));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteTime(Utf8JsonWriter json, TimeJob time)
    {
        json.WriteStartObject("time");
        json.WriteString("mode", JobChoices.TimeMode.WordOf(time.Mode));
        json.WriteString("base", JobChoices.TimeBase.WordOf(time.Base));
        json.WritePropertyName("tdf");
        TdfScheduleConverter.WriteTo(json, time.Tdf);
        json.WriteString("slice", time.Slice.ToString());
        json.WriteString("weave", time.Weave.ToString());
        json.WriteString("feedback", time.Feedback.ToString());
        json.WriteString("epoch", time.Epoch.ToString());
        WriteText(json, "until", time.Until?.ToString());
        WriteText(json, "wallLimit", time.WallLimit?.ToString());
        json.WriteEndObject();
    }

    private static void WriteKernel(Utf8JsonWriter json, KernelJob kernel)
    {
        KernelBaseJob costs = kernel.Base;
        json.WriteStartObject("kernel");
        json.WriteString("mode", JobChoices.Kernel.WordOf(kernel.Mode));
        json.WriteStartObject("base");
        json.WriteString("trivial", costs.Trivial.ToString());
        json.WriteString("file", costs.File.ToString());
        json.WriteString("memory", costs.Memory.ToString());
        json.WriteString("wait", costs.Wait.ToString());
        json.WriteString("process", costs.Process.ToString());
        json.WriteString("pageFault", costs.PageFault.ToString());
        json.WriteString("contextSwitch", costs.ContextSwitch.ToString());
        json.WriteString("signal", costs.Signal.ToString());
        json.WriteString("network", costs.Network.ToString());
        json.WriteString("packet", costs.Packet.ToString());
        json.WriteEndObject();
        json.WriteString("copyRate", kernel.CopyRate.ToString());
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is null)
        {
            json.WriteNull(name);
        }
        else
        {
            json.WriteString(name, text);
        }
    }
}
