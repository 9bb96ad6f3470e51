using Dilaton.Core;

namespace Dilaton.Models.Network;

/// <summary>A change of an overlay at a virtual time: a frame that stands at a host then meets what
/// was changed.</summary>
public abstract record OverlayCommand(VirtualTime Time);
