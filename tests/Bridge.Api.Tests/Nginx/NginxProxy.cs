using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Bridge.Simulator.Attacks;
using Bridge.Simulator.Caller;
using Bridge.Simulator.Model;

namespace Bridge.Api.Tests.Nginx;

/// <summary>A real nginx with TLS before a bridge, with the configuration that docs/security.md recommends. A process of our own: the machine's nginx is left alone.</summary>
internal sealed class NginxProxy : IAsyncDisposable
{
    private static readonly TimeSpan SetUpLimit = TimeSpan.FromMinutes(2), Limit = TimeSpan.FromSeconds(10);
    private static readonly Lazy<Task<(string? Program, string Reason)>> Program = new(SetUpAsync);

    private readonly DirectoryInfo _folder;
    private readonly Process _process;
    private readonly int _port;

    private NginxProxy(DirectoryInfo folder, Process process, int port, X509Certificate2 certificate) =>
        (_folder, _process, _port, Certificate) = (folder, process, port, certificate);

    /// <summary>Nobody but the simulated Twilio has reason to trust it.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Where hostile clients knock.</summary>
    public RawTarget Target => new(new Uri($"https://127.0.0.1:{_port}"), "bridge.test", Certificate);

    /// <summary>Starts one before a bridge whose public address is https://bridge.test; the test is skipped where there can be none.</summary>
    public static async Task<NginxProxy> StartAsync(Uri bridge)
    {
        var (program, reason) = await Program.Value;
        if (program is null)
            Assert.Ignore($"No nginx here: {reason}");
        var folder = Directory.CreateTempSubdirectory("bridge-nginx-");
        var port = FreePort();
        var certificate = SelfSigned.Certificate("bridge.test");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "bridge.crt"), certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "bridge.key"), certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "nginx.conf"), Configuration(folder.FullName, port, bridge));
        var process = Process.Start(new ProcessStartInfo(program!, ["-p", folder.FullName, "-c", "nginx.conf", "-e", "error.log"]))!;
        var proxy = new NginxProxy(folder, process, port, certificate);
        await proxy.ReadyAsync();
        return proxy;
    }

    /// <summary>A call as Twilio makes one, to the public address, which is here.</summary>
    public FakeCallerOptions Call(FakeCallerOptions caller) => caller with
    {
        Trust = Certificate,
        Route = url => new UriBuilder(url) { Host = "127.0.0.1", Port = _port }.Uri,
    };

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            await Task.WhenAny(_process.WaitForExitAsync(), Task.Delay(Limit));
        }

        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
        _folder.Delete(recursive: true);
        Certificate.Dispose();
    }

    /// <summary>The server of docs/security.md, with this machine's addresses and files in the place of the example's.</summary>
    private static string Configuration(string folder, int port, Uri bridge)
    {
        var server = Documented();
        Put("listen 443 ssl", $"listen 127.0.0.1:{port} ssl");
        Put("bridge.example.com", "bridge.test");
        Put("/etc/ssl/", folder + "/");
        Put("/var/log/nginx/", folder + "/");
        Put("127.0.0.1:8000", bridge.Authority);
        // Twenty connections would not do for two thousand attempts; and where its files are is nobody's recommendation.
        return $$"""
            {{(Environment.UserName == "root" ? "user root;" : "")}}
            daemon off;
            worker_processes 1;
            pid {{folder}}/nginx.pid;
            events { worker_connections 4096; }
            http {
                client_body_temp_path {{folder}}/body;
                proxy_temp_path {{folder}}/proxy;
                fastcgi_temp_path {{folder}}/fastcgi;
                uwsgi_temp_path {{folder}}/uwsgi;
                scgi_temp_path {{folder}}/scgi;
            {{server}}
            }
            """;

        void Put(string example, string here)
        {
            Assert.That(server, Does.Contain(example), "the nginx of docs/security.md is another: mend this test");
            server = server.Replace(example, here, StringComparison.Ordinal);
        }
    }

    private static string Documented()
    {
        var text = File.ReadAllText(Path.Combine(Root(), "docs", "security.md"));
        const string fence = "```nginx";
        var from = text.IndexOf(fence, StringComparison.Ordinal) + fence.Length;
        Assert.That(from, Is.GreaterThan(fence.Length), "docs/security.md has an nginx block");
        return text[from..text.IndexOf("```", from, StringComparison.Ordinal)];
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Bridge.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("No folder above has Bridge.sln in it.");
    }

    private static async Task<(string? Program, string Reason)> SetUpAsync()
    {
        if (OperatingSystem.IsWindows())
            return (null, "the set-up script is for a Unix");
        var script = Path.Combine(Root(), "tests", "Bridge.Api.Tests", "Nginx", "set-up.sh");
        using var process = Process.Start(new ProcessStartInfo("sh", [script, Path.Combine(Path.GetTempPath(), "bridge-tests-nginx")]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var limit = new CancellationTokenSource(SetUpLimit);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(CancellationToken.None), process.StandardError.ReadToEndAsync(CancellationToken.None));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return (null, $"the set-up took longer than {SetUpLimit}");
        }

        return process.ExitCode == 0 ? ((await output).Trim(), "") : (null, (await errors).Trim());
    }

    private async Task ReadyAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            Assert.That(_process.HasExited, Is.False, () => File.ReadAllText(Path.Combine(_folder.FullName, "error.log")));
            try
            {
                await using var connection = await RawConnection.OpenAsync(Target, limit.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(20, limit.Token);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
