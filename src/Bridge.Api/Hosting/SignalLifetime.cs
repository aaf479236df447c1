using System.Runtime.InteropServices;
using Bridge.Application.Calls;

namespace Bridge.Api.Hosting;

/// <summary>
/// The process's signals, in the place of the framework's own handling, which would stop listening at once, time out, and
/// swallow a second signal. SIGTERM or SIGINT drains and then stops; the second forces; SIGUSR2 calls the drain off.
/// </summary>
internal sealed partial class SignalLifetime(Func<CallDrain> drain, IHostApplicationLifetime life, ILogger<SignalLifetime> logger) : IHostLifetime, IDisposable
{
    /// <summary>A forced stop is out by then, whatever hangs.</summary>
    private static readonly TimeSpan ForceWithin = TimeSpan.FromSeconds(1.7);

    /// <summary>What was answered last is on its way out of the process for so long.</summary>
    private static readonly TimeSpan LastBytes = TimeSpan.FromMilliseconds(150);

    private readonly Lock _gate = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private bool _stopping;
    private bool _forced;

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, 143)));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(signal, 130)));
        // Windows has no such signal.
        if (!OperatingSystem.IsWindows())
            _registrations.Add(PosixSignalRegistration.Create((PosixSignal)(OperatingSystem.IsMacOS() || OperatingSystem.IsFreeBSD() ? 31 : 12), CallOff));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _registrations.ForEach(r => r.Dispose());

    /// <param name="signal">Which.</param>
    /// <param name="exitCode">With which the process leaves when it is forced: 128 and the signal's number.</param>
    private void Stop(PosixSignalContext signal, int exitCode)
    {
        signal.Cancel = true;
        LogSignal(signal.Signal);
        bool again;
        lock (_gate)
        {
            again = _forced = _stopping;
            _stopping = true;
        }

        _ = again ? ForceAsync(exitCode) : DrainAsync();
    }

    private void CallOff(PosixSignalContext signal)
    {
        signal.Cancel = true;
        LogSignal(signal.Signal);
        drain().CallOff();
    }

    private async Task DrainAsync()
    {
        await Task.Yield();
        if (await drain().RunAsync())
        {
            await Task.Delay(LastBytes);
            // Who forces it ends the process himself, with a code of his own: the last lines may be on their way, and a stop that overtakes them would say 0.
            if (Volatile.Read(ref _forced))
                return;
            life.StopApplication();
            return;
        }

        lock (_gate)
            _stopping = false;
    }

    private async Task ForceAsync(int exitCode)
    {
        var forced = drain().ForceAsync();
        await Task.WhenAny(forced, Task.Delay(ForceWithin));
        await Task.Delay(LastBytes);
        Environment.Exit(exitCode);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Signal {Signal}")]
    private partial void LogSignal(PosixSignal signal);
}
