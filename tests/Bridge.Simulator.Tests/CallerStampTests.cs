using Bridge.Simulator.Faults;
using Bridge.Simulator.Model;

namespace Bridge.Simulator.Tests;

/// <summary>Numbered caller audio: whether it arrived whole, over two sessions.</summary>
internal sealed class CallerStampTests
{
    [Test]
    public void Numbers_are_read_wherever_they_are_and_nobody_hears_them()
    {
        var quiet = CallerStamp.Quiet(50, first: 7);
        Assert.That(CallerStamp.Read(Speech.Concat(Pcmu.Quiet(33), quiet, Pcmu.Quiet(5), CallerStamp.Loud(2, first: 90))), Is.EqualTo(Enumerable.Range(7, 50).Concat([90, 91])));
        Assert.That(Pcmu.Loudness(quiet), Is.LessThan(10));
        Assert.That(Pcmu.Loudness(CallerStamp.Loud(50)), Is.GreaterThan(1000));
        Assert.That(CallerStamp.Read(CallerStamp.Quiet(3, line: 9)), Is.Empty);
        quiet[80] ^= 1;
        Assert.That(CallerStamp.Read(quiet), Has.Count.EqualTo(49), "a changed frame is a lost one");
    }

    [Test]
    public void What_is_lost_twice_or_late_is_named()
    {
        var whole = CallerStamp.Over(CallerStamp.Quiet(10), CallerStamp.Quiet(5, first: 10));
        Assert.That((whole.IsWhole(15), whole.IsWhole(16), whole.IsWhole(14)), Is.EqualTo((true, false, false)));
        var torn = CallerStamp.Over(CallerStamp.Quiet(10), CallerStamp.Quiet(4, first: 8), CallerStamp.Quiet(1, first: 14), CallerStamp.Quiet(1, first: 12));
        Assert.Multiple(() =>
        {
            Assert.That(torn.IsWhole(15), Is.False);
            Assert.That(torn.Missing(15), Is.EqualTo(new[] { 13 }));
            Assert.That(torn.Twice, Is.EqualTo(new[] { 8, 9 }));
            Assert.That(torn.Late, Is.EqualTo(new[] { 8, 12 }));
        });
    }

    [Test]
    public async Task Two_sessions_of_a_model_say_together_what_the_caller_said()
    {
        await using var first = await ModelClient.OpenAsync(new FakeModelOptions { Answers = [] });
        await using var second = await first.OpenAnotherAsync();
        await first.AppendAsync(CallerStamp.Quiet(30));
        await second.AppendAsync(CallerStamp.Loud(20, first: 30));
        await first.Session.WaitForAudioAsync(30 * 160, ModelClient.Limit());
        await second.Session.WaitForAudioAsync(20 * 160, ModelClient.Limit());
        Assert.That(CallerStamp.Over(first.Session.Record.Audio(), second.Session.Record.Audio()).IsWhole(50));
        Assert.That(first.Session.Record.SpeechStarts, Is.Empty);
        Assert.That(second.Session.Record.SpeechStarts, Has.Count.EqualTo(1));
    }
}
