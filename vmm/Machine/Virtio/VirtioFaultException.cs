namespace Dilaton.Machine;

/// <summary>A guest's driver does what no driver may: its device stops until it is reset.</summary>
internal sealed class VirtioFaultException(string message) : Exception(message);
