using System.Globalization;
using System.Net.Sockets;
using System.Runtime;

namespace Bridge.Api.Runtime;

/// <summary>Says at the start which of the runtime's settings are in force: they were measured (docs/performance.md), and a start that loses them costs twice the CPU without a word.</summary>
internal sealed partial class RuntimeNotes(ILogger<RuntimeNotes> logger) : IHostedService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var threads = RuntimeSettings.Threads;
        var (collector, megabytes) = (GCSettings.IsServerGC ? "server" : "workstation", FirstGenerationMb());
        var (guided, spins) = (RuntimeSettings.IsProfileGuided ? "on" : "off", RuntimeSettings.Spins);
        var isInline = await CompletesInlineAsync(cancellationToken);
        if (isInline is null)
            LogUnknown();
        else if (isInline.Value)
            LogInline(threads);
        else if (OperatingSystem.IsWindows() || Environment.GetEnvironmentVariable(RuntimeSettings.InlineCompletions) is "0" or "false")
            LogOnPool();
        else
            LogLost(RuntimeSettings.InlineCompletions);
        LogCollector(collector, megabytes);
        LogCode(guided, spins);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Null: it could not be found out.</summary>
    private static async Task<bool?> CompletesInlineAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            return await SocketProbe.CompletesInlineAsync(limit.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // No loopback, or a machine that has no time.
            return null;
        }
    }

    /// <summary>Megabytes that are allocated between two collections of what is young.</summary>
    private static double FirstGenerationMb() =>
        GC.GetConfigurationVariables().TryGetValue("GCGen0MaxBudget", out var bytes) ? Convert.ToDouble(bytes, CultureInfo.InvariantCulture) / (1 << 20) : 0;

    [LoggerMessage(Level = LogLevel.Information, Message = "Runtime: sockets complete on threads of their own: {Threads}")]
    private partial void LogInline(int threads);

    [LoggerMessage(Level = LogLevel.Information, Message = "Runtime: where sockets complete could not be found out within a second")]
    private partial void LogUnknown();

    [LoggerMessage(Level = LogLevel.Information, Message = "Runtime: sockets complete on the thread pool")]
    private partial void LogOnPool();

    [LoggerMessage(Level = LogLevel.Warning, Message = "Runtime: sockets complete on the thread pool, which costs about twice the CPU: {Variable}=1 was not in the environment before the first socket was used")]
    private partial void LogLost(string variable);

    [LoggerMessage(Level = LogLevel.Information, Message = "Runtime: {Collector} garbage collector, first generation up to {Megabytes} MB")]
    private partial void LogCollector(string collector, double megabytes);

    [LoggerMessage(Level = LogLevel.Information, Message = "Runtime: profile-guided code is {Guided}; idle pool threads spin up to {Spins} times")]
    private partial void LogCode(string guided, int spins);
}
