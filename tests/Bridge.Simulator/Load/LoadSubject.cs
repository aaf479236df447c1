using System.Diagnostics;
using Bridge.Simulator.Caller;
using Bridge.Simulator.Commands;
using Bridge.Simulator.Load.Figures;
using Bridge.Simulator.Load.Traffic;

namespace Bridge.Simulator.Load;

/// <summary>What is measured, as a process: a bridge, a relay, or a bridge that somebody else started.</summary>
internal sealed class LoadSubject : IAsyncDisposable
{
    private readonly IAsyncDisposable? _owned;

    private LoadSubject(LoadTarget target, Process? process, IAsyncDisposable? owned) => (Target, Process, _owned) = (target, process, owned);

    public LoadTarget Target { get; }

    /// <summary>Whose CPU and memory is read; null when nobody said which it is.</summary>
    public Process? Process { get; }

    /// <summary>Starts it, or finds it.</summary>
    /// <param name="name">One of <see cref="Subjects"/>.</param>
    /// <param name="options">What was asked for.</param>
    /// <param name="model">Where its model is.</param>
    /// <param name="certificate">A file with the certificate to trust (PEM); null when there is none.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    public static async Task<LoadSubject> StartAsync(string name, LoadOptions options, Uri model, string? certificate, CancellationToken cancellationToken)
    {
        // OpenSSL reads it, and so .NET on Linux: the system's own certificates are not needed here.
        var variables = new Dictionary<string, string?> { ["SSL_CERT_FILE"] = certificate };
        if (name != Subjects.Bridge)
        {
            foreach (var (variable, value) in options.TunedWith.Where(_ => name == Subjects.Tuned))
                variables[variable] = value;
            var relay = await ChildProcess.StartAsync(RelayCommand.Arguments(model, inline: name == Subjects.Tuned), variables, options.IsVerbose, cancellationToken);
            return new LoadSubject(new LoadTarget(relay.Port, null), relay.Process, relay);
        }

        if (options.Url is { } url)
        {
            var caller = new FakeCallerOptions { Webhook = url, AuthToken = options.AuthToken, PublicUrl = options.PublicUrl };
            return new LoadSubject(new LoadTarget(url.Port, caller), options.Pid is { } pid ? Process.GetProcessById(pid) : null, null);
        }

        foreach (var (variable, value) in BridgeSettings(options))
            variables[variable] = value;
        var bridge = await BridgeProcess.StartAsync(model, variables.Where(one => one.Value is not null).ToDictionary(one => one.Key, one => one.Value!), options.IsVerbose, cancellationToken);
        return new LoadSubject(new LoadTarget(bridge.Url.Port, bridge.Caller), bridge.Process, bridge);
    }

    public async ValueTask DisposeAsync()
    {
        if (_owned is not null)
            await _owned.DisposeAsync();
    }

    // Its limits are about strangers and crowds; a load is both, and measures something else.
    private static Dictionary<string, string?> BridgeSettings(LoadOptions options) => new(options.BridgeWith)
    {
        ["MAX_CONCURRENT_CALLS"] = "10000",
        ["MAX_CALL_SETUPS_PER_SECOND"] = "0",
        ["IDLE_ASK_AFTER"] = "3000",
        ["IDLE_END_AFTER"] = "3600",
    };
}
