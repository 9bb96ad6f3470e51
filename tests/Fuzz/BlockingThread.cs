namespace Dilaton.Tests.Fuzz;

/// <summary>A thread that does one thing after the other as it is told.</summary>
internal sealed class BlockingThread : IDisposable
{
    private readonly SemaphoreSlim _asked = new(0);
    private readonly SemaphoreSlim _done = new(0);
    private readonly Thread _thread;
    private Action? _action;

    public BlockingThread()
    {
        _thread = new Thread(Work) { IsBackground = true };
        _thread.Start();
        Do(() => { });
    }

    public void Do(Action action)
    {
        _action = action;
        _asked.Release();
        _done.Wait();
    }

    public void Dispose()
    {
        _action = null;
        _asked.Release();
        _thread.Join();
        _asked.Dispose();
        _done.Dispose();
    }

    private void Work()
    {
        for (_asked.Wait(); _action is { } action; _asked.Wait())
        {
            action();
            _done.Release();
        }
    }
}
