using System.Text.Json;
using Bridge.Simulator.Commands;
using Bridge.Simulator.Load;

namespace Bridge.Api.Tests;

/// <summary>
/// The commands that measure, once each and briefly, with the bridge and the relay as processes: that they measure at all. What they
/// measure is in docs/performance.md; no figure of a busy machine is asked for here.
/// </summary>
[Platform("Linux")]
internal sealed class YardstickTests
{
    private static readonly Dictionary<string, string?> Nothing = [];

    [Test]
    [CancelAfter(120_000)]
    public async Task Load_has_figures_of_the_bridge_beside_those_of_the_relay(CancellationToken stop)
    {
        var file = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"{Guid.NewGuid()}.json");
        await LoadCommand.RunAsync(
            ["--calls", "3", "--seconds", "2", "--warm", "0", "--rounds", "1", "--subjects", "bridge,relay", "--json", file], stop);
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(file, stop));
        File.Delete(file);
        var runs = json.RootElement.GetProperty("runs").EnumerateArray().ToList();
        Assert.That(runs.Select(run => run.GetProperty("subject").GetString()), Is.EqualTo(new[] { "bridge", "relay" }));
        Assert.Multiple(() =>
        {
            foreach (var run in runs)
            {
                var subject = run.GetProperty("subject").GetString();
                Assert.That(run.GetProperty("cpuMicrosPerCallSecond").GetDouble(), Is.Positive, subject);
                Assert.That(run.GetProperty("setUpsFailed").GetInt32(), Is.Zero, subject);
                foreach (var direction in new[] { run.GetProperty("up"), run.GetProperty("down") })
                {
                    Assert.That(direction.GetProperty("received").GetInt64(), Is.GreaterThan(50), subject);
                    Assert.That((direction.GetProperty("reordered").GetInt64(), direction.GetProperty("changed").GetInt64()), Is.EqualTo((0, 0)), subject);
                    Assert.That(direction.GetProperty("delay").GetProperty("count").GetInt64(), Is.Positive, subject);
                }
            }
        });
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task A_start_is_followed_to_the_first_and_the_second_callers_first_audio(CancellationToken stop)
    {
        await using var model = await ChildProcess.StartAsync(["load-model"], LoadCommand.Calm, verbose: false, stop);
        var start = await ColdStart.MeasureAsync(new Uri($"ws://127.0.0.1:{model.Port}/v1/realtime"), Nothing, verbose: false, stop);
        Assert.Multiple(() =>
        {
            Assert.That(start.Ready, Is.GreaterThan(TimeSpan.Zero));
            Assert.That(start.First.Twiml, Is.GreaterThan(TimeSpan.Zero).And.LessThan(start.First.Audio));
            Assert.That(start.Second.Twiml, Is.GreaterThan(TimeSpan.Zero).And.LessThan(start.Second.Audio));
            Assert.That(start.Second, Is.Not.EqualTo(start.First));
        });
    }

    [Test]
    [CancelAfter(120_000)]
    public void A_start_that_fails_says_what_the_bridge_wrote(CancellationToken stop) => Assert.That(
        async () => await ColdStart.MeasureAsync(
            new Uri("ws://127.0.0.1:1/v1/realtime"), new Dictionary<string, string?> { ["REALTIME_PROVIDER"] = "a-stranger" }, verbose: false, stop),
        Throws.InstanceOf<BridgeFailedException>().With.Message.Contains("a-stranger"));

    [Test]
    public void A_number_of_starts_that_makes_no_sense_is_refused() => Assert.That(
        async () => await StartsCommand.RunAsync(["--times", "0"], default),
        Throws.InstanceOf<UsageException>().With.Message.EqualTo("--times must be a number from 1 to 100, not '0'."));
}
