using Bridge.Domain.Calls;
using Bridge.Simulator;
using Bridge.Simulator.Caller;
using Bridge.Simulator.Model;

namespace Bridge.Api.Tests;

/// <summary>The model's answer fails, is empty, or does not come: the caller is never left in silence, and hears a sentence in the end.</summary>
[CancelAfter(60_000)]
public sealed class AnswerFailureTests
{
    private const string Apology = "I am sorry, something went wrong on our side. Please call again in a moment. Goodbye.";

    [TestCase("server_error", 1)]
    [TestCase("rate_limit_exceeded", 1)]
    [TestCase("rate_limit_exceeded", 2)]
    [TestCase("empty", 1)]
    [TestCase("text only", 1)]
    public async Task An_answer_that_fails_is_asked_for_again_and_heard(string failure, int times, CancellationToken cancel)
    {
        await using var call = await AskAsync(failure, times, cancel);
        var session = call.Bridge.Model.Conversations.Single();
        await call.UntilAsync("the answer is heard", () => session.Ledger.Count == 2 && call.Caller.Playout.UnheardSamples == 0);
        call.Silence.CallersTurn();
        await call.PassAsync(3000);

        var again = session.ResponseRequests.Skip(1).ToList();
        Assert.That(again, Has.Count.EqualTo(times), "asked for again as often as it failed");
        Assert.That(again.Select(request => request.Instructions), Is.All.Null);
        Assert.That(again[0].OutputModalities, failure is "empty" or "text only" ? Is.EqualTo(new[] { "audio" }) : Is.Null);
        if (failure == "rate_limit_exceeded")
            Assert.That(Gaps(call, session), Is.All.InRange(0.95, 1.5), "not before the limit's reset");
        Assert.That(call.Caller.HowItEnded, Is.Null);
        call.NothingIsWrong();
    }

    [TestCase("server_error", 1, CallEndReason.ModelFailed, "")]
    [TestCase("server_error", 1, CallEndReason.ModelFailed, "+15557654321")]
    [TestCase("rate_limit_exceeded", 2, CallEndReason.ModelFailed, "")]
    [TestCase("insufficient_quota", 0, CallEndReason.ModelRefused, "")]
    [TestCase("insufficient_quota", 0, CallEndReason.ModelRefused, "+15557654321")]
    public async Task An_answer_that_fails_again_and_again_ends_the_call_with_a_sentence(
        string failure, int retries, CallEndReason reason, string fallback, CancellationToken cancel)
    {
        await using var call = await AskAsync(failure, 100, cancel, fallback);
        await call.EndsAsync(20, reason);

        var session = call.Bridge.Model.Conversations.Single();
        Assert.That(session.ResponseRequests.Skip(1).Count(), Is.EqualTo(retries));
        Assert.That(call.Bridge.Model.Dials, Has.Count.EqualTo(1), "another session would fail too");
        if (fallback.Length == 0)
            Assert.That((call.Caller.HowItEnded, call.Caller.Sentences.Single().Text), Is.EqualTo((CallEnding.Hangup, Apology)));
        else
            Assert.That((call.Caller.HowItEnded, call.Caller.Dialed), Is.EqualTo((CallEnding.Dialled, fallback)));
        Assert.That(call.Caller.Sentences.Single().Source, Is.EqualTo(SentenceSource.Action));
        call.NothingIsWrong();
    }

    [TestCase("empty")]
    [TestCase("text only")]
    public async Task An_answer_without_sound_again_and_again_makes_the_caller_be_asked_to_say_it_again(string failure, CancellationToken cancel)
    {
        await using var call = await AskAsync(failure, 2, cancel);
        var greeting = Pcmu.Samples(600);
        await call.UntilAsync("something is heard", () => call.Caller.Playout.ReceivedSamples > greeting);
        await call.UntilAsync("to its end", () => call.Caller.Playout.UnheardSamples == 0);
        call.Silence.CallersTurn();
        Assert.That(call.Caller.Playout.Received()[greeting..], Is.EqualTo(call.Recording("say again")), "a recording");
        await call.PassAsync(5000);
        Assert.That(call.Caller.Playout.UnheardSamples, Is.Zero);

        await call.AskAsync();
        var session = call.Bridge.Model.Conversations.Single();
        await call.UntilAsync("the answer is heard", () => session.Ledger.Count == 2 && call.Caller.Playout.UnheardSamples == 0);
        call.Silence.CallersTurn();
        call.NothingIsWrong();
    }

    [Test]
    public async Task An_answer_that_stalls_is_asked_for_again_with_a_filler_meanwhile(CancellationToken cancel)
    {
        await using var call = await AskAsync("stall", 1, cancel);
        var (session, ended) = (call.Bridge.Model.Conversations.Single(), call.Now);
        var greeting = Pcmu.Samples(600);
        await call.UntilAsync("something is heard", () => call.Caller.Playout.ReceivedSamples > greeting);
        Assert.That(TimeSpan.FromTicks(call.Now - ended).TotalSeconds, Is.InRange(2.4, 3.0));
        Assert.That(call.Caller.Playout.Received()[greeting..], Is.EqualTo(call.Recording("filler")));

        await call.UntilAsync("the answer is heard", () => session.Ledger.Any(item => item.GeneratedMs == 900) && call.Caller.Playout.UnheardSamples == 0);
        call.Silence.CallersTurn();
        Assert.That(session.Received.Count(e => e.Type == "response.cancel"), Is.EqualTo(1));
        call.NothingIsWrong();
    }

    [Test]
    public async Task A_session_that_writes_nothing_more_is_replaced_and_the_caller_answered(CancellationToken cancel)
    {
        await using var call = await FaultCall.StartAsync(new() { Greeting = FaultCall.Spoken(600), Answers = [FaultCall.Spoken(900)] }, cancel);
        var first = await call.GreetedAsync();
        await call.HearOutAsync();
        await first.Arm(SessionFault.Stall.After("input_audio_buffer.speech_stopped"));
        await call.AskAsync();
        await call.UntilAsync("another session is dialled", () => call.Bridge.Model.Dials.Count == 2, 14);
        var second = await call.GreetedAsync();
        await call.UntilAsync("the caller hears it", () => second.Ledger.Count == 1 && call.Caller.Playout.UnheardSamples == 0);
        call.Silence.CallersTurn();

        Assert.That(second.ResponseRequests.Single().Instructions, Does.Contain("technical interruption"));
        call.NothingIsWrong("conversation_already_has_active_response");
    }

    private static async Task<FaultCall> AskAsync(string failure, int times, CancellationToken cancel, string fallback = "")
    {
        var failed = failure switch
        {
            "rate_limit_exceeded" => ModelAnswer.RateLimited(1),
            "empty" => ModelAnswer.Empty,
            "text only" => ModelAnswer.TextOnly("In writing."),
            "stall" => FaultCall.Spoken(500) with { HoldAfterMs = 0 },
            _ => ModelAnswer.Failed(failure),
        };
        var model = new FakeModelOptions { Greeting = FaultCall.Spoken(600), Answers = [.. Enumerable.Repeat(failed, times), FaultCall.Spoken(900)] };
        var call = await FaultCall.StartAsync(model, cancel, new() { ["FALLBACK_PHONE_NUMBER"] = fallback });
        await call.GreetedAsync();
        await call.HearOutAsync();
        await call.AskAsync();
        return call;
    }

    private static IEnumerable<double> Gaps(FaultCall call, FakeConversation session)
    {
        // The turn's end is noticed half a second after the caller's last word; the model answers by itself then, and fails at once.
        var failed = call.Caller.AllStreams[0].Utterances[^1].Ended!.Value + TimeSpan.FromSeconds(0.5).Ticks;
        foreach (var request in session.ResponseRequests.Skip(1))
        {
            yield return call.Bridge.Clock.GetElapsedTime(failed, request.At).TotalSeconds;
            failed = request.At;
        }
    }
}
