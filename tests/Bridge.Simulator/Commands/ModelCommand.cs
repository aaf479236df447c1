using System.Globalization;
using System.Net.Sockets;
using Bridge.Simulator.Model;

namespace Bridge.Simulator.Commands;

/// <summary><c>model</c>: the fake model alone, for a bridge that is run by hand.</summary>
internal static class ModelCommand
{
    public static async Task<int> RunAsync(string[] arguments, CancellationToken stop)
    {
        var line = new CommandLine(arguments, ["--port", "--speed"], []);
        var speed = line.Number("--speed", 4, 0, 1000);
        var options = new FakeModelOptions
        {
            Greeting = ModelAnswer.Clips("greeting") with { Speed = speed },
            Answers =
            [
                ModelAnswer.Clips("answer-short") with { Speed = speed },
                ModelAnswer.Clips("answer-long") with { Speed = speed },
                ModelAnswer.Clips("answer-first", "answer-second") with { Speed = speed },
            ],
            Log = text => Console.WriteLine(DateTime.Now.ToString("HH:mm:ss.fff ", CultureInfo.InvariantCulture) + text),
        };
        FakeRealtimeServer server;
        try
        {
            server = await FakeRealtimeServer.StartAsync(options, (int)line.Number("--port", 9000, 0, 65535), CancellationToken.None);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            await Console.Error.WriteLineAsync($"The model cannot listen: {exception.Message}");
            return 1;
        }

        await using (server)
        {
            Console.WriteLine($"A model listens at {server.Url} (Ctrl+C ends it). For the bridge:");
            Console.WriteLine($"  OPENAI_API_KEY=simulated-key OPENAI_REALTIME_URL={server.Url} REALTIME_PROVIDER=openai");
            await Task.Delay(Timeout.Infinite, stop).ContinueWith(static _ => { }, TaskScheduler.Default);
        }

        return 0;
    }
}
