namespace Dilaton.Models.Network;

/// <summary>What became of a frame at a link.</summary>
internal enum LinkFate
{
    Sent,
    Lost,
    DroppedFull,
    DroppedOversize,
}
