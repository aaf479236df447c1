using Bridge.Domain.Calls;

namespace Bridge.Application.Tests;

/// <summary>Twilio does not take our audio: the answer is cut short once, and the second time the call is ended.</summary>
public sealed class StuckLineTests
{
    private readonly CallRig _rig = new(CallRig.Endless);

    [TearDown]
    public void TakeDown() => _rig.Dispose();

    [Test]
    public async Task Once_the_rest_of_the_answer_is_dropped_the_line_cleared_the_model_told_and_the_call_goes_on()
    {
        await BeginAsync();
        var delta = await StickAsync("resp_1", "item_1");
        await _rig.PassAsync(5);
        _rig.Twilio.TakesAgain();
        await delta;
        var told = _rig.Log.Entries.Where(IsAboutTheCut).ToList();
        Assert.That(told, Has.Count.EqualTo(2));
        Assert.That(told[0], Is.EqualTo("twilio clear"));
        Assert.That(told[1], Does.StartWith("model truncate item_1.0 at "));

        await _rig.Model.DeltaAsync("resp_1", "item_1", 300);
        await _rig.Model.EndsAsync("resp_1");
        Assert.That(_rig.Log.Count("twilio media 2400"), Is.Zero);
        await _rig.Model.DeltaAsync("resp_2", "item_2", 500);
        Assert.That(_rig.Log.From("twilio").Last(), Is.EqualTo("twilio media 4000"));
        Assert.That(_rig.Log.Count("twilio close"), Is.Zero);
    }

    [Test]
    public async Task What_was_on_its_way_of_the_answer_when_it_was_cut_goes_out_before_the_clear_and_nothing_behind_it()
    {
        _rig.Start();
        _rig.Twilio.Stuck = true;
        await _rig.Model.BeginsAsync("resp_1", request: 1);
        var delta = _rig.Model.DeltaAsync("resp_1", "item_1", 400);
        await _rig.Log.SaidAsync("twilio mark g0m0");
        await _rig.PassAsync(5);
        _rig.Twilio.TakesAgain();
        await delta;
        await _rig.Log.SaidAsync("twilio clear");

        // A mark and its audio are one write: what the line has begun to take it takes whole.
        Assert.That(_rig.Log.From("twilio"), Is.EqualTo(new[] { "twilio mark g0m0", "twilio media 3200", "twilio clear" }));
    }

    [Test]
    public async Task For_ten_seconds_on_end_the_call_is_ended()
    {
        await BeginAsync();
        await StickAsync("resp_1", "item_1");
        await _rig.PassAsync(5);
        await CutAsync();
        await _rig.PassAsync(4.75);
        Assert.That(_rig.Log.Count("twilio close"), Is.Zero);

        await _rig.PassAsync(0.25);
        await _rig.EndsOnceAsync(CallEndReason.StreamStuck, modelCloses: 1);
    }

    [Test]
    public async Task The_second_time_the_call_is_ended_after_five_seconds()
    {
        await BeginAsync();
        var delta = await StickAsync("resp_1", "item_1");
        await _rig.PassAsync(5);
        await CutAsync();
        _rig.Twilio.TakesAgain();
        await delta;
        await _rig.Model.EndsAsync("resp_1");
        await _rig.Model.DeltaAsync("resp_2", "item_2", 400);
        await StickAsync("resp_2", "item_2");
        await _rig.PassAsync(4.75);
        Assert.That(_rig.Log.Count("twilio close"), Is.Zero);

        await _rig.PassAsync(0.25);
        await _rig.EndsOnceAsync(CallEndReason.StreamStuck, modelCloses: 1);
    }

    [Test]
    public async Task A_line_that_is_only_slow_is_let_be()
    {
        await BeginAsync();
        for (var i = 0; i < 3; i++)
        {
            var delta = await StickAsync("resp_1", "item_1");
            await _rig.PassAsync(4.75);
            _rig.Twilio.TakesAgain();
            await delta;
            await _rig.Model.DeltaAsync("resp_1", "item_1", 20);
        }

        Assert.That((_rig.Log.Count("twilio clear"), _rig.Log.Count("twilio close")), Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task A_line_that_drips_is_as_good_as_stuck()
    {
        await BeginAsync();
        for (var i = 0; i < 2; i++)
        {
            var delta = await StickAsync("resp_1", "item_1", ms: 100);
            await _rig.PassAsync(3);
            _rig.Twilio.TakesAgain();
            await delta;
        }

        Assert.That(_rig.Log.Count("twilio clear"), Is.EqualTo(1), "two waits of three seconds, and nothing taken at once between them");
    }

    private static bool IsAboutTheCut(string entry) => entry == "twilio clear" || entry.StartsWith("model truncate", StringComparison.Ordinal);

    private async Task BeginAsync()
    {
        _rig.Start();
        await _rig.Model.BeginsAsync("resp_1", request: 1);
        await _rig.Model.DeltaAsync("resp_1", "item_1", 400);
    }

    /// <summary>Twilio does not read while audio is sent; what is returned ends when it was.</summary>
    private async Task<Task> StickAsync(string response, string item, int ms = 600)
    {
        _rig.Twilio.Stuck = true;
        var told = _rig.Log.From("twilio").Count();
        var delta = _rig.Model.DeltaAsync(response, item, ms);
        await CallRig.UntilAsync(() => _rig.Log.From("twilio").Count() > told, "audio under way");
        return delta;
    }

    /// <summary>Returns when the call has found that the line is stuck.</summary>
    private Task CutAsync() => CallRig.UntilAsync(() => _rig.Logger.Entries.Any(e => e.Text.Contains("has not taken our audio")), "found stuck");
}
