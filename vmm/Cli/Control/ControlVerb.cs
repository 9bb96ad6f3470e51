namespace Dilaton.Cli;

/// <summary>What a running job can be told.</summary>
internal enum ControlVerb
{
    /// <summary>How far is it?</summary>
    Status,

    /// <summary>Let all nodes stand.</summary>
    Pause,

    /// <summary>Let them go on.</summary>
    Resume,

    /// <summary>Another time dilation factor.</summary>
    SetTdf,

    /// <summary>End with what there is.</summary>
    Stop,
}
