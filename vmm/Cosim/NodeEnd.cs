namespace Dilaton.Cosim;

/// <summary>Why a node's run ended.</summary>
public enum NodeEnd
{
    /// <summary>Its program ended; see <see cref="NodeResult.Guest"/>.</summary>
    GuestExited,

    /// <summary>m5_exit.</summary>
    ExitMark,

    /// <summary>m5_fail; the code is in <see cref="NodeResult.Code"/>.</summary>
    FailMark,

    /// <summary>Virtual time reached <see cref="NodeSessionOptions.Until"/>.</summary>
    Until,

    /// <summary>Asked from outside: <see cref="NodeSession.RequestStop"/>.</summary>
    Stopped,

    /// <summary>No vCPU can ever run on, or all spin on memory that nothing will change.</summary>
    Deadlock,
}
