using System.Text.Json;
using Bridge.Simulator.Load.Figures;

namespace Bridge.Simulator.Tests.Load;

/// <summary>The results as a program reads them.</summary>
internal sealed class LoadJsonTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 22, 23, 0, 0, TimeSpan.Zero);

    [Test]
    public void It_says_where_and_when_and_has_every_run_and_the_ratios()
    {
        var json = Read([Runs.Of(Subjects.Bridge, 600, 0.5, reactionMs: 0.4), Runs.Of(Subjects.Relay, 1000), Runs.Of(Subjects.Bridge, 700, 0.5), Runs.Of(Subjects.Relay, 1000)]);
        var run = json.GetProperty("runs")[2];
        Assert.Multiple(() =>
        {
            Assert.That(json.GetProperty("at").GetDateTimeOffset(), Is.EqualTo(At));
            Assert.That(json.GetProperty("machine").GetProperty("cores").GetInt32(), Is.EqualTo(2));
            Assert.That(json.GetProperty("machine").GetProperty("kernel").GetString(), Is.EqualTo("6.1.0"));
            Assert.That(json.GetProperty("runs").GetArrayLength(), Is.EqualTo(4));
            Assert.That((run.GetProperty("subject").GetString(), run.GetProperty("round").GetInt32()), Is.EqualTo(("bridge", 2)));
            Assert.That(run.GetProperty("plan").GetProperty("windowSeconds").GetDouble(), Is.EqualTo(20));
            Assert.That(run.GetProperty("cpuMicrosPerCallSecond").GetDouble(), Is.EqualTo(700).Within(0.001));
            Assert.That(run.GetProperty("up").GetProperty("delay").GetProperty("p99Ms").GetDouble(), Is.EqualTo(0.5).Within(0.005));
            Assert.That(run.GetProperty("up").GetProperty("sent").GetInt64(), Is.EqualTo(200_000));
            Assert.That(json.GetProperty("ratios")[0].GetProperty("against").GetString(), Is.EqualTo("relay"));
            Assert.That(json.GetProperty("ratios")[0].GetProperty("cpu").GetDouble(), Is.EqualTo(0.65).Within(0.001));
            Assert.That(json.GetProperty("reactionIsWithinDelay").GetBoolean(), Is.True);
        });
    }

    [Test]
    public void What_was_not_measured_is_null()
    {
        var json = Read([Runs.Of(Subjects.Relay, 600) with { Use = new SubjectUse(1, 2, double.NaN, 4, 5, 6, double.NaN) }, Runs.Of(Subjects.Relay, 600) with { Use = null }]);
        var (first, second) = (json.GetProperty("runs")[0], json.GetProperty("runs")[1]);
        Assert.Multiple(() =>
        {
            Assert.That(first.GetProperty("quietBytesPerCall").ValueKind, Is.EqualTo(JsonValueKind.Null));
            Assert.That(first.GetProperty("reaction").ValueKind, Is.EqualTo(JsonValueKind.Null));
            Assert.That(first.GetProperty("threads").GetInt32(), Is.EqualTo(5));
            Assert.That(second.GetProperty("cpuMicrosPerCallSecond").ValueKind, Is.EqualTo(JsonValueKind.Null));
            Assert.That(second.GetProperty("threads").ValueKind, Is.EqualTo(JsonValueKind.Null));
            Assert.That(json.GetProperty("reactionIsWithinDelay").ValueKind, Is.EqualTo(JsonValueKind.Null));
        });
    }

    [Test]
    public void A_run_that_does_not_count_is_there_and_says_why()
    {
        var run = Read([Runs.Of(Subjects.Relay, 600, lateMs: 8) with { Moments = Runs.Moments(2, 100, 101) }]).GetProperty("runs")[0];
        Assert.That(run.GetProperty("counts").GetBoolean(), Is.False);
        Assert.That(run.GetProperty("whyNot").GetString(), Does.Contain("late"));
        Assert.That(run.GetProperty("moments")[1].GetProperty("atSeconds").GetDouble(), Is.EqualTo(20));
    }

    [Test]
    public void This_machine_is_described()
    {
        var here = Machine.Here();
        Assert.That(here.Cores, Is.EqualTo(Environment.ProcessorCount));
        Assert.That(new[] { here.Processor, here.System, here.Kernel, here.Runtime }, Has.None.Empty);
    }

    private static JsonElement Read(IReadOnlyList<LoadResult> results) => JsonDocument.Parse(LoadJson.Text(results, Runs.Machine, At)).RootElement;
}
