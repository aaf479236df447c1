using System.Globalization;
using Bridge.Simulator.Commands;
using Bridge.Simulator.Load.Figures;

namespace Bridge.Simulator.Load;

/// <summary><c>starts</c>: what the first caller after a start of the bridge waits for, over several starts, and the second one beside.</summary>
internal static class StartsCommand
{
    public static async Task<int> RunAsync(string[] arguments, CancellationToken stop)
    {
        // As for load: before the first thread of the pool begins.
        AppContext.SetData("System.Threading.ThreadPool.UnfairSemaphoreSpinLimit", 0);
        var line = new CommandLine(arguments, ["--times", "--bridge-with"], ["--verbose"]);
        var times = line.Whole("--times", 8, 1, 100);
        var variables = LoadOptions.Variables("--bridge-with", line.Text("--bridge-with"));
        LoadCommand.NeedLinux("starts");
        await using var model = await ChildProcess.StartAsync(["load-model"], LoadCommand.Calm, line.Has("--verbose"), stop);
        var address = new Uri($"ws://127.0.0.1:{model.Port}/v1/realtime");

        List<ColdStart> starts = [];
        for (var number = 0; number <= times; number++)
        {
            var start = await ColdStart.MeasureAsync(address, variables, line.Has("--verbose"), stop);
            Console.WriteLine($"{(number == 0 ? "for practice" : $"start {number} of {times}"),-14}   {start}");
            // What measures is new at its first call, too.
            if (number > 0)
                starts.Add(start);
        }

        Print(starts, Machine.Here());
        return 0;
    }

    private static void Print(List<ColdStart> starts, Machine machine)
    {
        Console.WriteLine();
        Console.WriteLine(machine);
        Console.WriteLine($"{"ms",-36}   median / worst of {starts.Count}");
        Row("process begun to ready", start => start.Ready);
        Row("first call: webhook to TwiML", start => start.First.Twiml);
        Row("first call: webhook to first audio", start => start.First.Audio);
        Row("second call: webhook to TwiML", start => start.Second.Twiml);
        Row("second call: webhook to first audio", start => start.Second.Audio);

        void Row(string name, Func<ColdStart, TimeSpan> which)
        {
            var figures = Spread.Of(starts.Select(start => which(start).TotalMilliseconds));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-36}   {figures.Median:F1} / {figures.Most:F1}"));
        }
    }
}
