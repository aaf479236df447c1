using System.Net.WebSockets;
using Bridge.Simulator.Caller;

namespace Bridge.Simulator.Commands;

/// <summary><c>caller</c>: calls a running bridge with a recording, in real time, and tells what was heard.</summary>
internal static class CallerCommand
{
    private const int QuietMs = 4000;

    public static async Task<int> RunAsync(string[] arguments, CancellationToken stop)
    {
        var line = new CommandLine(
            arguments,
            ["--url", "--wav", "--save", "--auth-token", "--public-url", "--from", "--to", "--seconds", "--talk-after"],
            ["--interrupt"]);
        var options = new FakeCallerOptions
        {
            Webhook = line.Address("--url") ?? throw new UsageException("caller needs --url: the bridge's webhook."),
            AuthToken = line.Text("--auth-token"),
            PublicUrl = line.Address("--public-url"),
            From = line.Text("--from") ?? "+15550001001",
            To = line.Text("--to") ?? "+15550002002",
        };
        var recording = ReadRecording(line.Text("--wav"));
        try
        {
            await using var caller = await FakeCaller.DialAsync(options, stop);
            if (caller.Twiml.Kind != TwimlKind.Connect)
                return Fail($"The call was turned away: the TwiML says {caller.Twiml.Kind}.");
            var call = new RecordedCall(caller, recording, (int)line.Number("--talk-after", 800, 0, 60000), line.Has("--interrupt"));
            await call.RunAsync(TimeSpan.FromSeconds(line.Number("--seconds", 60, 1, 3600)), QuietMs, stop);
            var saved = line.Text("--save") is not { } path || Save(path, caller.Playout.Heard());
            var right = call.Report() && saved;
            stop.ThrowIfCancellationRequested();
            return right ? 0 : 1;
        }
        catch (HttpRequestException exception)
        {
            return Fail($"Nothing answers at {options.Webhook}: {exception.Message}");
        }
        catch (Exception exception) when (exception is TwimlException or WebhookFailedException or StreamRefusedException or WebSocketException)
        {
            return Fail($"The call failed. {exception.Message}");
        }
    }

    private static byte[] ReadRecording(string? path)
    {
        try
        {
            return path is null ? Speech.CallerHello() : WavFile.ReadFile(path);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new UsageException($"The recording '{path}' cannot be read: {exception.Message}");
        }
    }

    private static bool Save(string path, byte[] heard)
    {
        try
        {
            WavFile.WriteFile(path, heard);
            Console.WriteLine($"What was heard is in {Path.GetFullPath(path)}.");
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"What was heard could not be saved: {exception.Message}");
            return false;
        }
    }

    private static int Fail(string sentence)
    {
        Console.Error.WriteLine(sentence);
        return 1;
    }
}
