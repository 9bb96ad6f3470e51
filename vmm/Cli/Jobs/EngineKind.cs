using Dilaton.Core;
using Dilaton.Kvm;
using Dilaton.Translator;

namespace Dilaton.Cli;

/// <summary>An engine and the kind of guest that it runs: what jobs are held against, and what docs/engines.md is made
/// from.</summary>
/// <param name="Word">Of the job's key `engine`.</param>
/// <param name="Guest">Programs or systems.</param>
/// <param name="Traits">On every host.</param>
/// <param name="HostTraits">Besides, on hosts where RDTSC of user code can be kept from reading the counter.</param>
/// <param name="Rungs">Of which clock virtualisation it has one or more.</param>
internal sealed record EngineKind(
    string Word, string Guest, EngineTraits Traits, EngineTraits HostTraits, IReadOnlyList<ClockRung> Rungs)
{
    public static EngineKind Translator { get; } = new(
        JobChoices.Engine.WordOf(EngineChoice.Translator),
        "programs",
        TranslatorEngine.Offered,
        EngineTraits.None,
        [ClockRung.Counted]);

    public static EngineKind KvmPrograms { get; } = new(
        JobChoices.Engine.WordOf(EngineChoice.Kvm),
        "programs",
        KvmProgramEngine.Offered(trapsTimestamp: false),
        KvmProgramEngine.Offered(trapsTimestamp: true) & ~KvmProgramEngine.Offered(trapsTimestamp: false),
        [ClockRung.Trapped, ClockRung.HostCounter]);

    public static EngineKind KvmSystems { get; } = new(
        JobChoices.Engine.WordOf(EngineChoice.Kvm),
        "systems",
        KvmSystem.Offered,
        EngineTraits.None,
        [ClockRung.Announced, ClockRung.Held]);

    public static IReadOnlyList<EngineKind> All { get; } = [Translator, KvmPrograms, KvmSystems];

    public static EngineKind Of(NodeJob node) => node switch
    {
        { Guest.System: not null } => KvmSystems,
        { Engine: EngineChoice.Kvm } => KvmPrograms,
        _ => Translator,
    };

    /// <summary>On any host.</summary>
    public bool Has(EngineTraits traits) => (Traits & traits) == traits;

    /// <summary>Who of the same kind of guest has them; null: nobody.</summary>
    public static EngineKind? With(EngineTraits traits, string guest) =>
        All.FirstOrDefault(kind => kind.Guest == guest && kind.Has(traits));
}
