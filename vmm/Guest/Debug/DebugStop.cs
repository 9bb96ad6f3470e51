namespace Dilaton.Guest;

/// <summary>Why a guest stands before its debugger.</summary>
/// <param name="Signal">By GDB's number.</param>
/// <param name="Thread">That it is about; it stood, or was about to take the signal.</param>
/// <param name="Detail">Pairs of the stop reply that say more, each with its semicolon; or empty.
/// </param>
/// <param name="Message">For the debugger's console; or empty.</param>
internal sealed record DebugStop(
    int Signal, GuestThread Thread, string Detail = "", string Message = "");
