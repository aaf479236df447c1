using System.Globalization;
using System.Text.Json;
using Bridge.Simulator.Load.Figures;
using Bridge.Simulator.Load.Traffic;
using Bridge.Simulator.Load.Wire;

namespace Bridge.Simulator.Load;

/// <summary>One run: a fresh subject between a fresh model and fresh callers; the calls come, talk for a while, and are measured.</summary>
internal sealed class LoadRun : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LateComers = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ShortCall = TimeSpan.FromSeconds(1);

    private readonly string _name;
    private readonly LoadOptions _options;
    private readonly ChildProcess _model;
    private readonly LoadSubject _subject;
    private readonly Action<string> _tell;
    private readonly Reactor _reactor = new(pause: Reactor.Millisecond / 2);
    private readonly LoadCallers _callers;
    private readonly Thread _thread;

    /// <param name="name">One of <see cref="Subjects"/>.</param>
    /// <param name="options">What was asked for.</param>
    /// <param name="model">The model's process.</param>
    /// <param name="subject">The subject's.</param>
    /// <param name="tell">Where progress is told.</param>
    public LoadRun(string name, LoadOptions options, ChildProcess model, LoadSubject subject, Action<string> tell)
    {
        (_name, _options, _model, _subject, _tell) = (name, options, model, subject, tell);
        _callers = new LoadCallers(_reactor, subject.Target) { Life = options.SetUpsPerSecond > 0 ? ShortCall.Ticks * 100 : 0 };
        _thread = new Thread(_reactor.Run) { IsBackground = true, Name = "Callers" };
    }

    private LoadPlan Plan => _options.Plan;

    /// <summary>Runs it.</summary>
    public async Task<LoadResult> RunAsync(CancellationToken stop)
    {
        var fresh = Read();
        _thread.Start();
        await ComeAsync(stop);
        var stood = Read();
        await Task.Delay(Plan.WarmUp, stop);
        await _reactor.DoAsync(_callers.Measure);
        await _model.WriteLineAsync("measure", stop);
        var setUps = _callers.SetUps;
        var (before, generatorBefore) = (Read(), Generator());
        var moments = await WatchAsync(stop);
        var (after, generatorAfter) = (Read(), Generator());
        setUps = _callers.SetUps - setUps;
        await HushAsync(stop);
        var report = await ReportAsync(stop);
        await _reactor.DoAsync(_callers.End);
        var cost = new LoadCost(fresh, stood, before, after, Plan, _options.SetUpsPerSecond > 0 ? _options.SetUpsPerSecond * ShortCall.TotalSeconds : Plan.Calls, _options.SetUpsPerSecond > 0 ? setUps : 0);
        return Result(report, cost.Use(_options.IsQuiet), cost.PerCallSecond(generatorAfter - generatorBefore), moments);
    }

    public void Dispose()
    {
        _reactor.Stop();
        if (_thread.IsAlive)
            _thread.Join();
        _reactor.Dispose();
    }

    private async Task ComeAsync(CancellationToken stop)
    {
        if (_options.SetUpsPerSecond > 0)
        {
            _tell(string.Create(CultureInfo.InvariantCulture, $"{_options.SetUpsPerSecond:F0} set-ups a second …"));
            var all = (int)(_options.SetUpsPerSecond * (Plan.WarmUp + Plan.Window + Settle).TotalSeconds);
            await _reactor.DoAsync(() => _callers.Begin(_options.SetUpsPerSecond, all));
            return;
        }

        var ramp = TimeSpan.FromSeconds(Plan.Calls / Plan.RampPerSecond);
        _tell(string.Create(CultureInfo.InvariantCulture, $"{Plan.Calls} calls come, in {ramp.TotalSeconds:F0} s …"));
        await _reactor.DoAsync(() => _callers.Begin(Plan.RampPerSecond, Plan.Calls));
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(ramp + LateComers);
        try
        {
            while (_callers.SetUps + _callers.Failed < Plan.Calls)
                await Task.Delay(20, deadline.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            await _reactor.DoAsync(() => _callers.Fail("it did not stand in time", Plan.Calls - _callers.SetUps - _callers.Failed));
        }
    }

    private async Task<IReadOnlyList<Moment>> WatchAsync(CancellationToken stop)
    {
        var moments = new List<Moment>();
        var began = TimeProvider.System.GetTimestamp();
        for (var left = Plan.Window; left > TimeSpan.Zero; left = Plan.Window - TimeProvider.System.GetElapsedTime(began))
        {
            await Task.Delay(left < Look ? left : Look, stop);
            var report = await ReportAsync(stop);
            var down = "";
            await _reactor.DoAsync(() => down = _callers.Arrivals.TakeRecent());
            var reading = Read();
            var moment = new Moment(
                TimeProvider.System.GetElapsedTime(began), reading?.ResidentBytes ?? 0, reading?.Handles ?? 0,
                LatencyHistogram.Parse(report.DelaySince).Percentile(99), LatencyHistogram.Parse(down).Percentile(99));
            moments.Add(moment);
            _tell(string.Create(
                CultureInfo.InvariantCulture,
                $"{moment.At.TotalSeconds,5:F0} s: {_callers.Standing} calls, p99 up {moment.UpP99.TotalMilliseconds:F1} ms, down {moment.DownP99.TotalMilliseconds:F1} ms, {moment.ResidentBytes / 1048576.0:F0} MiB, {moment.Handles} handles"));
        }

        return moments;
    }

    /// <summary>What is on its way is to arrive before it is counted; but not so long that a bridge fills the silence of a sentence that was broken off.</summary>
    private async Task HushAsync(CancellationToken stop)
    {
        await _reactor.DoAsync(() => _callers.IsHushed = true);
        await _model.WriteLineAsync("hush", stop);
        await Task.Delay(Settle, stop);
    }

    private async Task<ModelReport> ReportAsync(CancellationToken stop)
    {
        await _model.WriteLineAsync("report", stop);
        var line = await _model.ReadLineAsync(stop) ?? throw new ChildFailedException("The model of the load ended. It wrote:" + Environment.NewLine + _model.Errors);
        return JsonSerializer.Deserialize<ModelReport>(line)!;
    }

    private LoadResult Result(ModelReport report, SubjectUse? use, double generatorMicros, IReadOnlyList<Moment> moments)
    {
        var heard = _callers.Arrivals;
        var late = LatencyHistogram.Parse(report.Late);
        late.Add(_reactor.Late);
        // Short calls end while the model speaks: what was on its way then is nobody's loss.
        var isWhole = _options.SetUpsPerSecond == 0;
        var up = new FrameCount(_callers.Sent, report.Received, isWhole ? Math.Max(report.Lost, _callers.Sent - report.Received) : report.Lost, report.Reordered, report.Changed);
        var down = new FrameCount(report.Sent, heard.Received, isWhole ? Math.Max(heard.Lost, report.Sent - heard.Received) : heard.Lost, heard.Reordered, heard.Changed);
        if (_callers.FirstFailure is { } why)
            _tell($"{_callers.Failed} calls failed; the first: {why}.");
        return new LoadResult(
            _name, Plan, use,
            new DirectionFigures(LatencyHistogram.Parse(report.Delay), up),
            new DirectionFigures(heard.Delay, down),
            Reactions.Of(report.Interruptions, _callers.Clears),
            _callers.Webhook, _callers.FirstAudio, new GeneratorUse(late, generatorMicros), moments, _callers.Failed);
    }

    private ProcessReading? Read() => _subject.Process is { } process ? ProcessReading.Of(process) : null;

    private TimeSpan Generator() => ProcessReading.Of(_model.Process).Total + Environment.CpuUsage.TotalTime;
}
