using Bridge.Simulator.Caller;
using Bridge.Simulator.Model;

namespace Bridge.Simulator.Commands;

/// <summary><c>demo</c>: a whole conversation through the real bridge, and the report on it.</summary>
internal static class DemoCommand
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(100);

    public static async Task<int> RunAsync(string[] arguments, CancellationToken stop)
    {
        var line = new CommandLine(arguments, ["--save"], ["--verbose"]);
        var verbose = line.Has("--verbose");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Longest);

        await using var model = await FakeRealtimeServer.StartAsync(Script(), cancellationToken: stop);
        BridgeProcess? bridge = null;
        try
        {
            Console.WriteLine("Starting the bridge between a fake model and a fake caller …");
            bridge = await BridgeProcess.StartAsync(model.Url, verbose, limit.Token);
            var report = await ConverseAsync(bridge, model, line.Text("--save"), limit.Token);
            report.Print(Console.Out);
            if (!report.IsRight && !verbose)
                PrintOutput(bridge);
            return report.IsRight ? 0 : 1;
        }
        catch (Exception exception) when (!stop.IsCancellationRequested)
        {
            var reason = exception is OperationCanceledException
                ? $"The conversation came to a stop: not over after {Longest.TotalSeconds:F0} s."
                : exception.Message;
            await Console.Error.WriteLineAsync(exception is BridgeFailedException ? reason : $"The demo failed. {reason}");
            foreach (var session in model.Conversations)
            {
                foreach (var trouble in session.Errors.Select(error => error.Message).Concat(session.Violations))
                    await Console.Error.WriteLineAsync("  " + trouble);
            }

            if (bridge is not null && !verbose)
                PrintOutput(bridge);
            return 1;
        }
        finally
        {
            if (bridge is not null)
                await bridge.DisposeAsync();
        }
    }

    // Answers in the order they are asked for below.
    private static FakeModelOptions Script() => new()
    {
        Greeting = ModelAnswer.Clips("greeting") with { Speed = 4 },
        Answers =
        [
            ModelAnswer.Clips("answer-short") with { Speed = 4 },
            ModelAnswer.Clips("answer-long") with { Speed = 2 },
            ModelAnswer.Clips("answer-first", "answer-second"),
            ModelAnswer.Clips("answer-long") with { DeltaMs = 400 },
            ModelAnswer.Clips("closing") with { Speed = 4 },
        ],
    };

    private static async Task<SimulationReport> ConverseAsync(
        BridgeProcess bridge, FakeRealtimeServer model, string? save, CancellationToken limit)
    {
        await using var caller = await FakeCaller.DialAsync(bridge.Caller, limit);
        if (caller.Twiml.Kind != TwimlKind.Connect)
            throw new InvalidOperationException($"The bridge turned the call away: {caller.Twiml.Kind}.");
        Tell(caller, "rings, and the stream is open");
        var session = await model.NextConversationAsync(limit);
        var script = new CallScript(caller, session, what => Tell(caller, what), limit);

        await script.HearOutAsync(await script.ListenAsync("the greeting"));
        await script.SayAsync("caller-ask");
        await script.HearOutAsync(await script.ListenAsync("a short answer"));

        await script.SayAsync("caller-more");
        await script.HearAsync(await script.ListenAsync("a long answer, twice as fast as speech"), 2000);
        await script.InterruptAsync("caller-wait");

        await script.HearAsync(await script.ListenAsync("the first of two answers in a row"), 1500);
        await script.InterruptAsync("caller-wait");

        await script.HearAsync(await script.ListenAsync("a long answer that was made in one go"), 5000);
        await script.InterruptAsync("caller-wait");

        await script.HearOutAsync(await script.ListenAsync("the goodbye"));
        Tell(caller, "hangs up");
        var closing = await HangUpAsync(caller, session, limit);

        var path = Path.GetFullPath(save ?? Path.Combine(Path.GetTempPath(), "bridge-demo-heard.wav"));
        WavFile.WriteFile(path, caller.Playout.Heard());
        return new SimulationReport(caller, session, script.Turns, closing) { HeardFile = path };
    }

    // How long the model's socket stayed open after the caller was gone; null: longer than a second.
    private static async Task<TimeSpan?> HangUpAsync(FakeCaller caller, FakeConversation session, CancellationToken limit)
    {
        var began = caller.Clock.GetTimestamp();
        await caller.HangUpAsync(limit);
        var both = Task.WhenAll(session.Closed, caller.Ended);
        await Task.WhenAny(both, Task.Delay(TimeSpan.FromSeconds(1), limit));
        return both.IsCompleted ? caller.Clock.GetElapsedTime(began, (await session.Closed).At) : null;
    }

    private static void Tell(FakeCaller caller, string what) =>
        Console.WriteLine($"{caller.Clock.GetElapsedTime(caller.StartedAt).TotalSeconds,6:F2} s  the caller {what}");

    private static void PrintOutput(BridgeProcess bridge)
    {
        Console.WriteLine();
        Console.WriteLine("The bridge wrote:");
        Console.WriteLine(bridge.Output);
    }
}
