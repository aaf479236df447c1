using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Bridge.Simulator.Commands;
using Bridge.Simulator.Load.Traffic;
using Bridge.Simulator.Load.Wire;

namespace Bridge.Simulator.Load;

/// <summary>What the load's model has to say of a run.</summary>
/// <param name="Sent">Frames of 20 ms it sent.</param>
/// <param name="Received">Frames of the callers that came.</param>
/// <param name="Lost">Gaps between them.</param>
/// <param name="Reordered">Frames that came after later ones.</param>
/// <param name="Changed">Frames that are not as they were sent.</param>
/// <param name="Sessions">Sessions that are open.</param>
/// <param name="Delay">Of the frames, as text.</param>
/// <param name="DelaySince">Of the frames since it was asked last, as text.</param>
/// <param name="Late">How late it was itself, as text.</param>
/// <param name="Interruptions">Pairs of a call and nanoseconds: speech reported over an answer that played.</param>
internal sealed record ModelReport(
    long Sent, long Received, long Lost, long Reordered, long Changed, int Sessions, string Delay, string DelaySince, string Late, IReadOnlyList<long[]> Interruptions);

/// <summary>
/// <c>load-model</c>: the model of a load as a process of its own, so that its cost is nobody else's. It is told <c>measure</c>,
/// <c>hush</c> and <c>report</c> by its standard input, and ends with it.
/// </summary>
internal static class LoadModelCommand
{
    public static async Task<int> RunAsync(string[] arguments, CancellationToken stop)
    {
        var line = new CommandLine(arguments, ["--port", "--certificate"], ["--quiet"]);
        using var certificate = line.Text("--certificate") is { } file ? Certificate(file) : null;
        using var reactor = new Reactor(pause: 2 * Reactor.Millisecond);
        using var model = new LoadModel(reactor, line.Whole("--port", 0, 0, 65535), certificate) { IsQuiet = line.Has("--quiet") };
        await Console.Out.WriteLineAsync($"listening {model.Port}");
        using var stopped = stop.Register(reactor.Stop);
        new Thread(() => Obey(model)) { IsBackground = true, Name = "Standard input" }.Start();
        reactor.Run();
        return 0;
    }

    private static void Obey(LoadModel model)
    {
        while (Console.In.ReadLine() is { } command)
        {
            Action obey = command switch
            {
                "measure" => model.Measure,
                "hush" => () => model.IsHushed = true,
                "report" => () => Console.Out.WriteLine(JsonSerializer.Serialize(Report(model))),
                _ => static () => { },
            };
            model.Reactor.Post(obey);
        }

        model.Reactor.Stop();
    }

    private static ModelReport Report(LoadModel model)
    {
        var heard = model.Arrivals;
        return new ModelReport(
            model.Sent, heard.Received, heard.Lost, heard.Reordered, heard.Changed, model.Sessions, heard.Delay.ToText(), heard.TakeRecent(), model.Reactor.Late.ToText(),
            [.. model.Interruptions.Select(one => new[] { one.Call, one.At })]);
    }

    // PKCS#12 carries the key in one file; without a password, for it is for a minute and for loopback.
    private static X509Certificate2 Certificate(string file) => X509CertificateLoader.LoadPkcs12FromFile(file, null);
}
