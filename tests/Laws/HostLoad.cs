namespace Dilaton.Tests.Laws;

/// <summary>Keeps another host thread busy meanwhile.</summary>
internal sealed class HostLoad : IDisposable
{
    private readonly Thread _thread;
    private volatile bool _stop;

    public HostLoad()
    {
        _thread = new Thread(() =>
        {
            while (!_stop)
            {
                GC.KeepAlive(new byte[4096]);
            }
        });
        _thread.Start();
    }

    public void Dispose()
    {
        _stop = true;
        _thread.Join();
    }
}
