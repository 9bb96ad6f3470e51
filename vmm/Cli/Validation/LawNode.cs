namespace Dilaton.Cli;

/// <summary>A node of a job that measures a law.</summary>
/// <param name="Image">The guest, an ELF program.</param>
/// <param name="Keys">More keys of the node, each a line of YAML in flow style.</param>
internal sealed record LawNode(string Name, byte[] Image, string Keys = "");
