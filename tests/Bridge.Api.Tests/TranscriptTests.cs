using System.Collections.Concurrent;
using Bridge.Application.Calls;
using Bridge.Domain.Transcripts;
using Bridge.Simulator;
using Bridge.Simulator.Model;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace Bridge.Api.Tests;

/// <summary>The conversation as text, over a whole call.</summary>
[CancelAfter(30_000)]
public sealed class TranscriptTests
{
    [Test]
    public async Task The_transcript_is_in_the_conversations_order_and_has_what_was_heard(CancellationToken cancel)
    {
        var listener = new Listener();
        await using var bridge = await BridgeHost.StartAsync(
            new()
            {
                Greeting = new ModelAnswer([new AnswerItem(Speech.Tone(1000), "Hello, what can I do?")]),
                Answers = [new ModelAnswer([new AnswerItem(Speech.Tone(4000), "one two three four five six seven eight")])],
                Transcripts = [new CallerTranscript("Please count.", TranscriptTiming.AfterNextResponse)],
            },
            new() { ["OPENAI_TRANSCRIPTION_MODEL"] = "gpt-transcribe", ["LOG_LEVEL"] = "debug" },
            b => b.Services.AddSingleton<INotificationHandler<TurnEnded>>(listener).AddSingleton<INotificationHandler<CallEnded>>(listener));
        await using (var caller = await bridge.CallAsync())
        {
            var session = await bridge.Model.NextConversationAsync(cancel);
            var update = await session.WaitForAsync("session.update", 1, cancel);
            Assert.That(update["session.audio.input.transcription.model"], Is.EqualTo("gpt-transcribe"));
            await session.WaitForAsync("response.create", 1, cancel);
            caller.KeepStepWith(session);
            await caller.StepAsync(60, cancel);

            await session.SpeechStartedAsync();
            await caller.StepAsync(20, cancel);
            await session.SpeechStoppedAsync();
            await caller.StepAsync(101, cancel);
            await session.SpeechStartedAsync();
            await session.WaitForAsync("conversation.item.truncate", 1, cancel);
            await caller.HangUpAsync(cancel);
        }

        var ended = await listener.Ended.Task.WaitAsync(cancel);
        Assert.That(ended.Transcript.Select(t => (t.Speaker, t.Heard, t.Unheard)), Is.EqualTo(new[]
        {
            (Speaker.Assistant, "Hello, what can I do?", ""),
            (Speaker.Caller, "Please count.", ""),
            (Speaker.Assistant, "one two three four", "five six seven eight"),
        }));
        Assert.That(listener.Turns.Select(t => t.ItemId), Is.EquivalentTo(ended.Transcript.Select(t => t.ItemId)), "each turn was told once");
        var log = string.Join('\n', bridge.Logs.Lines);
        Assert.That(log, Does.Not.Contain("what can I do").And.Not.Contain("Please count").And.Not.Contain("three four"));
    }

    [Test]
    public async Task A_turn_is_told_at_its_end_also_when_no_mark_ever_comes_back(CancellationToken cancel)
    {
        var listener = new Listener();
        await using var bridge = await BridgeHost.StartAsync(
            new() { Greeting = new ModelAnswer([new AnswerItem(Speech.Tone(400), "Hello.")]), Answers = [] },
            customize: b => b.Services.AddSingleton<INotificationHandler<TurnEnded>>(listener));
        await using var caller = await bridge.CallAsync(o => o with { ReturnMarks = false });
        var session = await bridge.Model.NextConversationAsync(cancel);
        await caller.WaitForMediaAsync(Pcmu.Samples(400), cancel);
        caller.KeepStepWith(session);

        await caller.StepAsync(15, cancel);
        Assert.That(listener.Turns, Is.Empty);
        await caller.StepAsync(15, cancel);
        Assert.That(await listener.First.Task.WaitAsync(cancel), Is.EqualTo("Hello."));
    }

    private sealed class Listener : INotificationHandler<TurnEnded>, INotificationHandler<CallEnded>
    {
        public ConcurrentQueue<TranscriptTurn> Turns { get; } = new();

        public TaskCompletionSource<string> First { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<CallEnded> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Handle(TurnEnded notification, CancellationToken cancellationToken)
        {
            Turns.Enqueue(notification.Turn);
            First.TrySetResult(notification.Turn.Heard);
            return Task.CompletedTask;
        }

        public Task Handle(CallEnded notification, CancellationToken cancellationToken)
        {
            Ended.TrySetResult(notification);
            return Task.CompletedTask;
        }
    }
}
