using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

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

    private BridgeProcess(Process process, DirectoryInfo folder, Uri url) => (_process, _folder, Url) = (process, folder, url);

    public Uri Url { get; }

    /// <summary>Everything it wrote.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return string.Join(Environment.NewLine, _output);
        }
    }

    /// <summary>Starts it and waits until it is ready for calls.</summary>
    public static async Task<BridgeProcess> StartAsync(Uri model, bool verbose, CancellationToken cancellationToken)
    {
        var program = Program();
        var port = FreePort();
        var folder = Directory.CreateTempSubdirectory("bridge-demo-");
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [program])
        {
            WorkingDirectory = folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(BridgeVariables.Contains).ToList())
            start.Environment.Remove(name);
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["HOST"] = "127.0.0.1";
        start.Environment["PORT"] = port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        start.Environment["REALTIME_PROVIDER"] = "openai";
        start.Environment["OPENAI_API_KEY"] = "simulated-key";
        start.Environment["OPENAI_REALTIME_URL"] = model.ToString();

        var process = Process.Start(start) ?? throw new BridgeFailedException("The bridge could not be started.");
        var bridge = new BridgeProcess(process, folder, new Uri($"http://127.0.0.1:{port}"));
        process.OutputDataReceived += (_, line) => bridge.Write(line.Data, verbose);
        process.ErrorDataReceived += (_, line) => bridge.Write(line.Data, verbose);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
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

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited && !OperatingSystem.IsWindows())
        {
            using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            await Task.WhenAny(_process.WaitForExitAsync(), Task.Delay(StopLimit));
        }

        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task ReadyAsync(CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Url, Timeout = TimeSpan.FromSeconds(2) };
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < StartLimit)
        {
            if (_process.HasExited)
                throw new BridgeFailedException($"The bridge ended with exit code {_process.ExitCode}. It wrote:{Environment.NewLine}{Output}");
            try
            {
                using var response = await http.GetAsync(new Uri("/health/ready", UriKind.Relative), cancellationToken);
                if (response.StatusCode == HttpStatusCode.OK)
                    return;
            }
            catch (Exception exception)
                when (exception is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
            {
                // Not yet.
            }

            await Task.Delay(100, cancellationToken);
        }

        throw new BridgeFailedException($"The bridge was not ready within {StartLimit.TotalSeconds:F0} s. It wrote:{Environment.NewLine}{Output}");
    }

    private void Write(string? line, bool verbose)
    {
        if (line is null)
            return;
        lock (_output)
            _output.Add(line);
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

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
