using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Bridge.Simulator.Caller;
using Bridge.Simulator.Load;

namespace Bridge.Simulator.Commands;

/// <summary>The bridge could not be started; the message says why, with what it wrote.</summary>
internal sealed class BridgeFailedException(string message) : Exception(message);

/// <summary>The bridge as a process of its own, on a free port, with settings that come from nowhere else.</summary>
internal sealed class BridgeProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly DirectoryInfo _folder;
    private readonly List<string> _output = [];
    private readonly HttpClient _http;
    private TaskCompletionSource _wrote = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private BridgeProcess(Process process, DirectoryInfo folder, Uri url, FakeCallerOptions caller)
    {
        (_process, _folder, Url, Caller) = (process, folder, url, caller);
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = url, Timeout = TimeSpan.FromSeconds(2) };
    }

    public Uri Url { get; }

    public Process Process => _process;

    /// <summary>A call to it as Twilio makes one: to its public address, and signed.</summary>
    public FakeCallerOptions Caller { get; }

    /// <summary>Everything it wrote.</summary>
    public string Output => string.Join(Environment.NewLine, Lines);

    /// <summary>Everything it wrote, line by line.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_output)
                return [.. _output];
        }
    }

    public bool IsAlive => !_process.HasExited;

    /// <summary>Completes with the exit code when the process is gone and everything it wrote was read.</summary>
    public Task<int> Exited => ExitedAsync();

    /// <summary>When it ended: the wall clock's time.</summary>
    public DateTime ExitedAt => _process.ExitTime;

    /// <summary>Starts it and waits until it is ready for calls.</summary>
    public static Task<BridgeProcess> StartAsync(Uri model, bool verbose, CancellationToken cancellationToken) =>
        StartAsync(model, new Dictionary<string, string>(), verbose, cancellationToken);

    /// <summary>Starts it with further variables, or others in place of the usual ones, and waits until it is ready for calls.</summary>
    public static async Task<BridgeProcess> StartAsync(
        Uri model, IReadOnlyDictionary<string, string> variables, bool verbose, CancellationToken cancellationToken, bool isUnread = false)
    {
        var bridge = Launch(model, variables, verbose, isUnread);
        try
        {
            await bridge.ReadyAsync(cancellationToken);
            return bridge;
        }
        catch
        {
            await bridge.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it and waits for nothing: it may not mean to live.</summary>
    /// <param name="model">Where its model is.</param>
    /// <param name="variables">Further variables, or others in place of the usual ones; a <c>PORT</c> too.</param>
    /// <param name="verbose">What it writes is shown.</param>
    /// <param name="isUnread">Its console takes nothing, not a line, until <see cref="ReadOn"/>.</param>
    public static BridgeProcess Launch(Uri model, IReadOnlyDictionary<string, string> variables, bool verbose, bool isUnread = false)
    {
        var port = variables.TryGetValue("PORT", out var wanted) && ushort.TryParse(wanted, CultureInfo.InvariantCulture, out var given) ? given : FreePort();
        var folder = Directory.CreateTempSubdirectory("bridge-demo-");
        string[] command = [Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", Program()];
        // A pipe that nobody reads takes 64 KiB; the shell fills it, and becomes the program.
        var start = new ProcessStartInfo(isUnread ? "sh" : command[0], isUnread ? ["-c", "head -c 65536 /dev/zero; exec \"$0\" \"$1\"", .. command] : command[1..])
        {
            WorkingDirectory = folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(BridgeVariables.Contains).ToList())
            start.Environment.Remove(name);
        RuntimeKnobs.RemoveFrom(start.Environment);
        // As in earnest: nobody gets in who cannot prove that he is Twilio.
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["TWILIO_AUTH_TOKEN"] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        start.Environment["TWILIO_ACCOUNT_SID"] = FakeCaller.AccountSid;
        start.Environment["PUBLIC_BASE_URL"] = "https://bridge.test";
        start.Environment["HOST"] = "127.0.0.1";
        start.Environment["PORT"] = port.ToString(CultureInfo.InvariantCulture);
        start.Environment["REALTIME_PROVIDER"] = "openai";
        start.Environment["OPENAI_API_KEY"] = "simulated-key";
        start.Environment["OPENAI_REALTIME_URL"] = model.ToString();
        foreach (var (name, value) in variables)
            start.Environment[name] = value;

        var url = new Uri($"http://127.0.0.1:{port}");
        var caller = new FakeCallerOptions
        {
            Webhook = new Uri(url, "/incoming-call"),
            AuthToken = start.Environment["TWILIO_AUTH_TOKEN"],
            PublicUrl = Uri.TryCreate(start.Environment["PUBLIC_BASE_URL"], UriKind.Absolute, out var known) ? known : null,
        };
        var process = Process.Start(start) ?? throw new BridgeFailedException("The bridge could not be started.");
        var bridge = new BridgeProcess(process, folder, url, caller);
        process.OutputDataReceived += (_, line) => bridge.Write(line.Data, verbose);
        process.ErrorDataReceived += (_, line) => bridge.Write(line.Data, verbose);
        if (!isUnread)
            bridge.ReadOn();
        process.BeginErrorReadLine();
        return bridge;
    }

    /// <summary>A port that nobody listened on just now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>From here on it is read what it writes on its console, and what it could not write before.</summary>
    public void ReadOn() => _process.BeginOutputReadLine();

    /// <summary>Returns when it has written a line with this in it.</summary>
    public async Task SaysAsync(string text, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task wrote;
            lock (_output)
            {
                if (_output.Any(line => line.Contains(text, StringComparison.Ordinal)))
                    return;
                wrote = _wrote.Task;
            }

            await wrote.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Sends a signal, by its name without SIG.</summary>
    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Whether it says that it takes calls; false too when it does not answer.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.GetAsync(new Uri("/health/ready", UriKind.Relative), cancellationToken);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception exception)
            when (exception is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited && !OperatingSystem.IsWindows())
        {
            await SignalAsync("TERM");
            await Task.WhenAny(_process.WaitForExitAsync(), Task.Delay(StopLimit));
        }

        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _http.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<int> ExitedAsync()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    private async Task ReadyAsync(CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < StartLimit)
        {
            if (_process.HasExited)
                throw new BridgeFailedException($"The bridge ended with exit code {await Exited}. It wrote:{Environment.NewLine}{Output}");
            if (await IsReadyAsync(cancellationToken))
                return;
            await Task.Delay(100, cancellationToken);
        }

        throw new BridgeFailedException($"The bridge was not ready within {StartLimit.TotalSeconds:F0} s. It wrote:{Environment.NewLine}{Output}");
    }

    private void Write(string? line, bool verbose)
    {
        if (line is null)
            return;
        TaskCompletionSource wrote;
        lock (_output)
        {
            _output.Add(line);
            (wrote, _wrote) = (_wrote, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        wrote.SetResult();
        if (verbose)
            Console.WriteLine("          | " + line);
    }

    // Built in the same configuration as this program, in the repository it was built from.
    private static string Program()
    {
        var ours = new DirectoryInfo(AppContext.BaseDirectory);
        var root = ours;
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Bridge.sln")))
            root = root.Parent;
        if (root is null)
            throw new BridgeFailedException($"No folder above {ours.FullName} has Bridge.sln in it.");
        var program = Path.Combine(root.FullName, "src", "Bridge.Api", "bin", ours.Parent!.Name, ours.Name, "Bridge.Api.dll");
        return File.Exists(program) ? program : throw new BridgeFailedException($"{program} is not there: build the solution first.");
    }
}
