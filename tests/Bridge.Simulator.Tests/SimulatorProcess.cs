using System.Diagnostics;
using System.Globalization;

namespace Bridge.Simulator.Tests;

/// <summary>The simulator as its user starts it.</summary>
internal sealed class SimulatorProcess : IDisposable
{
    private readonly Process _process;

    private SimulatorProcess(Process process)
    {
        _process = process;
        Errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>All that it wrote as errors, once it has ended.</summary>
    public Task<string> Errors { get; }

    public static SimulatorProcess Start(params string[] arguments) => new(Process.Start(
        new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "Bridge.Simulator.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);

    /// <summary>Reads until a line has these words in it.</summary>
    public async Task<string> UntilAsync(string words)
    {
        while (await _process.StandardOutput.ReadLineAsync(ModelClient.Limit()) is { } line)
        {
            if (line.Contains(words, StringComparison.Ordinal))
                return line;
        }

        throw new InvalidOperationException($"It never wrote '{words}', but: {await Errors}");
    }

    /// <summary>Asks it to end. (SIGINT would not do in a test: a shell's background jobs ignore it, and so do their children.)</summary>
    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Its exit code, once it has ended.</summary>
    public async Task<int> EndAsync()
    {
        await _process.StandardOutput.ReadToEndAsync(ModelClient.Limit());
        await _process.WaitForExitAsync(ModelClient.Limit());
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
