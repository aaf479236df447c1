using System.Diagnostics;
using System.Globalization;
using Bridge.Simulator.Commands;

namespace Bridge.Simulator.Load;

/// <summary>A process of the yardstick could not be started; the message says why, with what it wrote.</summary>
internal sealed class ChildFailedException(string message) : Exception(message);

/// <summary>
/// This same program once more, with other arguments: <c>relay</c> or <c>load-model</c>. It says <c>listening PORT</c> first; after that
/// lines can be written to it and read from it. Its environment has no setting of the bridge or the runtime but those it was given.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const string Greeting = "listening ";
    private const int MostErrorLines = 200;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly string _name;
    private readonly List<string> _errors = [];

    private ChildProcess(Process process, string name) => (Process, _name) = (process, name);

    public Process Process { get; }

    /// <summary>Where it listens on the loopback interface.</summary>
    public int Port { get; private set; }

    /// <summary>What it wrote as errors so far, the first lines of it.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
                return string.Join(Environment.NewLine, _errors);
        }
    }

    /// <summary>Starts it and waits, for 30 s at most, until it listens.</summary>
    /// <param name="arguments">The command and its options.</param>
    /// <param name="variables">Of the environment; null takes a variable away.</param>
    /// <param name="verbose">Whether what it writes as errors is shown.</param>
    /// <param name="cancellationToken">Gives it up, and ends it.</param>
    /// <exception cref="ChildFailedException">It ended, said something else, or did not listen in time.</exception>
    public static async Task<ChildProcess> StartAsync(
        IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?> variables, bool verbose, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [typeof(ChildProcess).Assembly.Location, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Clean(start.Environment, variables);
        var process = Process.Start(start) ?? throw new ChildFailedException($"{arguments[0]} could not be started.");
        var child = new ChildProcess(process, arguments[0]);
        process.ErrorDataReceived += (_, line) => child.Note(line.Data, verbose);
        process.BeginErrorReadLine();
        try
        {
            child.Port = await child.GreetedAsync(cancellationToken);
            return child;
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    /// <summary>The environment of a process that is measured: without what the shell's own one has for bridges and for the runtime.</summary>
    public static void Clean(IDictionary<string, string?> environment, IReadOnlyDictionary<string, string?> variables)
    {
        foreach (var name in environment.Keys.Where(BridgeVariables.Contains).ToList())
            environment.Remove(name);
        RuntimeKnobs.RemoveFrom(environment);
        foreach (var (name, value) in variables)
        {
            if (value is null)
                environment.Remove(name);
            else
                environment[name] = value;
        }
    }

    /// <summary>Tells it something. Only one at a time.</summary>
    public async Task WriteLineAsync(string line, CancellationToken cancellationToken)
    {
        await Process.StandardInput.WriteLineAsync(line.AsMemory(), cancellationToken);
        await Process.StandardInput.FlushAsync(cancellationToken);
    }

    /// <summary>The next line it writes; null when it has ended. Somebody must read: a full pipe would stop it.</summary>
    public async Task<string?> ReadLineAsync(CancellationToken cancellationToken) =>
        await Process.StandardOutput.ReadLineAsync(cancellationToken);

    /// <summary>Tells it to end by its standard input's end and SIGTERM, and kills it when it does not within 5 s.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            Process.StandardInput.Close();
        }
        catch (IOException)
        {
            // What was still to be written has no reader any more.
        }

        if (!Process.HasExited && !OperatingSystem.IsWindows())
        {
            using var kill = Process.Start("kill", ["-TERM", Process.Id.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync();
        }

        await Task.WhenAny(Process.WaitForExitAsync(), Task.Delay(StopLimit));
        if (!Process.HasExited)
            Process.Kill();
        await Process.WaitForExitAsync();
        Process.Dispose();
    }

    private async Task<int> GreetedAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartLimit);
        string? line;
        try
        {
            line = await ReadLineAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed($"did not listen within {StartLimit.TotalSeconds:F0} s");
        }

        if (line is null)
        {
            await Process.WaitForExitAsync(cancellationToken);
            throw Failed($"ended with exit code {Process.ExitCode}");
        }

        return line.StartsWith(Greeting, StringComparison.Ordinal)
            && int.TryParse(line[Greeting.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                ? port
                : throw Failed($"said '{line}' in place of '{Greeting}PORT'");
    }

    private ChildFailedException Failed(string what) => new($"{_name} {what}. It wrote:{Environment.NewLine}{Errors}");

    private void Note(string? line, bool verbose)
    {
        if (line is null)
            return;
        lock (_errors)
        {
            if (_errors.Count < MostErrorLines)
                _errors.Add(line);
        }

        if (verbose)
            Console.WriteLine($"          {_name} | {line}");
    }
}
