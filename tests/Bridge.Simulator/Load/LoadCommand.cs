using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Bridge.Simulator.Load.Figures;
using Bridge.Simulator.Model;

namespace Bridge.Simulator.Load;

/// <summary><c>load</c>: what a call costs a bridge, beside what it costs to move its bytes.</summary>
internal static class LoadCommand
{
    /// <summary>What measures neither spins nor compiles a second time meanwhile.</summary>
    internal static readonly Dictionary<string, string?> Calm = new() { ["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0", ["DOTNET_TieredPGO"] = "0" };

    public static async Task<int> RunAsync(string[] arguments, CancellationToken stop)
    {
        // What measures spends nothing on waiting: before the first thread of the pool begins.
        AppContext.SetData("System.Threading.ThreadPool.UnfairSemaphoreSpinLimit", 0);
        var options = LoadOptions.Parse(arguments);
        NeedLinux("load");
        using var folder = new LoadFolder(options.Plan.Tls);
        var began = TimeProvider.System.GetTimestamp();
        var results = new List<LoadResult>();
        for (var round = 1; round <= options.Rounds; round++)
        {
            foreach (var subject in options.Subjects)
            {
                Tell($"round {round} of {options.Rounds}, {subject}");
                results.Add(await RunAsync(subject, options, folder, text => Tell("  " + text), stop));
                if (results[^1].WhyNot is { } why)
                    Tell("  does not count: " + why);
            }
        }

        Console.WriteLine();
        LoadTable.Print(Console.Out, results, Machine.Here());
        if (options.JsonFile is { } file)
            await File.WriteAllTextAsync(file, LoadJson.Text(results, Machine.Here(), DateTimeOffset.UtcNow), stop);
        return results.Exists(static result => !result.Up.Frames.AreWhole || !result.Down.Frames.AreWhole || result.SetUpsFailed > 0) ? 1 : 0;

        void Tell(string text) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetElapsedTime(began).TotalSeconds,7:F1} s  {text}"));
    }

    /// <exception cref="Commands.UsageException">This is not where a command of the yardstick can run.</exception>
    internal static void NeedLinux(string command)
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
            throw new Commands.UsageException($"{command} needs a 64-bit Linux: its callers and its model are made with epoll. (A container will do.)");
    }

    private static async Task<LoadResult> RunAsync(string subject, LoadOptions options, LoadFolder folder, Action<string> tell, CancellationToken stop)
    {
        List<string> model = ["load-model", "--port", options.ModelPort.ToString(CultureInfo.InvariantCulture)];
        if (options.IsQuiet)
            model.Add("--quiet");
        if (folder.KeyFile is { } key)
            model.AddRange(["--certificate", key]);
        await using var child = await ChildProcess.StartAsync(model, Calm, options.IsVerbose, stop);
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"{(options.Plan.Tls ? "wss" : "ws")}://127.0.0.1:{child.Port}/v1/realtime"));
        await using var measured = await LoadSubject.StartAsync(subject, options, address, folder.CertificateFile, stop);
        using var run = new LoadRun(subject, options, child, measured, tell);
        return await run.RunAsync(stop);
    }

    /// <summary>Where the certificate of the loopback model lies while it is needed.</summary>
    private sealed class LoadFolder : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bridge-load-");

        public LoadFolder(bool isTls)
        {
            if (!isTls)
                return;
            using var certificate = SelfSigned.Certificate();
            KeyFile = Path.Combine(_folder.FullName, "model.pfx");
            CertificateFile = Path.Combine(_folder.FullName, "model.pem");
            File.WriteAllBytes(KeyFile, certificate.Export(X509ContentType.Pkcs12));
            File.WriteAllText(CertificateFile, certificate.ExportCertificatePem());
        }

        public string? KeyFile { get; }

        public string? CertificateFile { get; }

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
