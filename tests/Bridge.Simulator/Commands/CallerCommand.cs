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
            AuthToken = line.Text("--auth-token") ?? Variable("TWILIO_AUTH_TOKEN")?.Split(',')[0].Trim(),
            PublicUrl = line.Address("--public-url") ?? CommandLine.Address("PUBLIC_BASE_URL", Variable("PUBLIC_BASE_URL")),
            AccountSid = Variable("TWILIO_ACCOUNT_SID")?.Split(',')[0].Trim() ?? FakeCaller.AccountSid,
            From = line.Text("--from"),
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
        catch (Exception exception) when (exception is WebhookFailedException { Status: 403 } or StreamRefusedException { Status: 403 })
        {
            return Fail($"{exception.Message}{Environment.NewLine}{Unproven(options)}");
        }
        catch (Exception exception) when (exception is TwimlException or WebhookFailedException or StreamRefusedException or WebSocketException)
        {
            return Fail($"The call failed. {exception.Message}");
        }
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    // What a 403 means, to somebody who rings his own bridge.
    private static string Unproven(FakeCallerOptions options) => options switch
    {
        { AuthToken: null } => "The bridge takes only calls that Twilio signed. Give it the bridge's own TWILIO_AUTH_TOKEN: --auth-token, or the variable.",
        { PublicUrl: null } => $"The call was signed for {options.Webhook}, but the bridge knows itself by another address. Give its PUBLIC_BASE_URL: --public-url, or the variable.",
        _ => $"The call was signed for {options.PublicUrl}, with account {options.AccountSid}. Auth token, public address and TWILIO_ACCOUNT_SID must be the bridge's own.",
    };

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
