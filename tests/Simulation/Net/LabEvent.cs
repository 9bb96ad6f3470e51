using Dilaton.Core;

namespace Dilaton.Tests.Simulation.Net;

internal sealed class LabEvent(Action action) : INodeEvent
{
    public void Fire() => action();
}
