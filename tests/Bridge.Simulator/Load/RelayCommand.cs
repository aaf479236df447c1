using Bridge.Simulator.Commands;
using Bridge.Simulator.Load.Relay;

namespace Bridge.Simulator.Load;

/// <summary>
/// <c>relay</c>: what moving the bytes costs on this stack. Kestrel in, <see cref="System.Net.WebSockets.ClientWebSocket"/> out, and
/// nothing between them that looks at a message.
/// </summary>
internal static class RelayCommand
{
    /// <summary>The command line of a relay that a <see cref="ChildProcess"/> is to run.</summary>
    public static IReadOnlyList<string> Arguments(Uri model, bool inline) =>
        ["relay", "--port", "0", "--model", model.ToString(), "--with-parent", .. inline ? (string[])["--inline"] : []];

    /// <summary>Runs it until it is stopped, or with <c>--with-parent</c> until its standard input ends.</summary>
    public static async Task<int> RunAsync(string[] arguments, CancellationToken stop)
    {
        var line = new CommandLine(arguments, ["--port", "--model"], ["--inline", "--with-parent"]);
        var model = Uri.TryCreate(line.Text("--model"), UriKind.Absolute, out var url) && url.Scheme is "ws" or "wss"
            ? url
            : throw new UsageException("relay needs --model: a ws or wss address.");
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await using var relay = await RelayServer.StartAsync((int)line.Number("--port", 0, 0, 65535), model, line.Has("--inline"), stop);
        await Console.Out.WriteLineAsync($"listening {relay.Port}");
        if (line.Has("--with-parent"))
            new Thread(() => EndWithInput(ended)) { IsBackground = true, Name = "Standard input" }.Start();
        await Task.Delay(Timeout.Infinite, ended.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
        return 0;
    }

    // A thread of its own: a blocked one of the pool would be missing there, and the pool is what is measured.
    private static void EndWithInput(CancellationTokenSource ended)
    {
        using var input = Console.OpenStandardInput();
        while (input.ReadByte() >= 0)
            continue;
        ended.Cancel();
    }
}
