using System.Text.Json;
using Bridge.Simulator.Model;

namespace Bridge.Simulator.Tests;

internal sealed class FakeConversationTests
{
    private static readonly string[] OneItem =
    [
        "response.created", "response.output_item.added", "conversation.item.added", "response.content_part.added",
        "response.output_audio_transcript.delta", "response.output_audio.delta", "response.output_audio_transcript.delta", "response.output_audio.delta",
        "response.output_audio.done", "response.output_audio_transcript.done", "response.content_part.done", "response.output_item.done",
        "conversation.item.done", "rate_limits.updated", "response.done",
    ];

    [Test]
    public async Task A_response_has_its_events_in_the_order_of_the_api()
    {
        await using var client = await ModelClient.OpenAsync(new FakeModelOptions { Greeting = ModelAnswer.Tones(300) });
        await client.SendAsync("""{"type":"response.create","response":{"instructions":"Greet."}}""");
        var events = await client.AllUntilAsync("response.done");
        Assert.That(events.Select(Type), Is.EqualTo(OneItem));
        var response = events[^1].GetProperty("response");
        Assert.That(response.GetProperty("status").GetString(), Is.EqualTo("completed"));
        Assert.That(response.GetProperty("usage").GetProperty("output_tokens").GetInt32(), Is.EqualTo(6));
        Assert.That(events.Select(message => message.GetProperty("event_id").GetString()), Is.Unique);
    }

    [Test]
    public async Task Audio_is_marked_padded_to_whole_blocks_and_entered_in_the_ledger()
    {
        await using var client = await ModelClient.OpenAsync();
        _ = client.Session.RespondAsync(new ModelAnswer([new AnswerItem(Speech.Tone(105), "one two"), AnswerItem.Tone(40)], DeltaMs: 40));
        var events = await client.AllUntilAsync("response.done");
        var audio = events.Where(message => Type(message) == "response.output_audio.delta").Select(message => message.GetProperty("delta").GetBytesFromBase64());
        var marks = audio.SelectMany(delta => delta.Chunk(160)).Select(block => Watermark.TryRead(block, out var mark) ? mark : default);
        var (first, second) = (client.Session.Ledger[0], client.Session.Ledger[1]);
        Watermark[] expected = [.. Enumerable.Range(0, 6).Select(frame => new Watermark(first.Ordinal, frame)), .. Enumerable.Range(0, 2).Select(frame => new Watermark(second.Ordinal, frame))];
        Assert.Multiple(() =>
        {
            Assert.That(marks, Is.EqualTo(expected));
            Assert.That(first.GeneratedMs, Is.EqualTo(120));
            Assert.That(first.ResponseId, Is.EqualTo(second.ResponseId));
            Assert.That(first.RememberedMs, Is.EqualTo(120));
        });
    }

    [Test]
    public async Task A_turn_is_heard_by_counting_samples_and_answered()
    {
        await using var client = await ModelClient.OpenAsync(new FakeModelOptions { Answers = [ModelAnswer.Tones(20)] });
        await client.SendAsync("""{"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":{"type":"server_vad","prefix_padding_ms":100,"silence_duration_ms":300}}}}}""");
        await client.AppendAsync(Speech.Concat(Pcmu.Quiet(8000), Speech.Tone(500), Pcmu.Quiet(8000)));
        var events = await client.AllUntilAsync("response.done");
        var user = events.Select(Type).SkipWhile(type => type == "session.updated").TakeWhile(type => type != "response.created");
        Assert.Multiple(() =>
        {
            Assert.That(user, Is.EqualTo(new[]
            {
                "input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped", "input_audio_buffer.committed",
                "conversation.item.added", "conversation.item.done",
            }));
            Assert.That(events[1].GetProperty("audio_start_ms").GetInt32(), Is.EqualTo(900));
            Assert.That(events[2].GetProperty("audio_end_ms").GetInt32(), Is.EqualTo(1800));
            Assert.That(events.Skip(1).Take(3).Select(message => message.GetProperty("item_id").GetString()).Distinct().Count(), Is.EqualTo(1));
        });
    }

    [Test]
    public async Task Line_noise_and_short_clicks_are_no_speech()
    {
        await using var client = await ModelClient.OpenAsync();
        var noise = Enumerable.Range(0, 8000).Select(i => i % 2 == 0 ? (byte)0x7F : (byte)0xFF).ToArray();
        await client.AppendAsync(Speech.Concat(noise, Speech.Tone(40), noise));
        await client.Session.WaitForAudioAsync(noise.Length * 2, ModelClient.Limit());
        await client.SendAsync("""{"type":"input_audio_buffer.clear"}""");
        Assert.That(Type(await client.ReceiveAsync()), Is.EqualTo("input_audio_buffer.cleared"));
    }

    [Test]
    public async Task Speech_cancels_the_response_and_late_deltas_still_come([Values(0, 2)] int late)
    {
        await using var client = await ModelClient.OpenAsync(new FakeModelOptions { LateDeltas = late });
        _ = client.Session.RespondAsync(ModelAnswer.Tones(2000, 2000) with { HoldAfterMs = 400 });
        await client.UntilAsync("response.output_audio.delta");
        await client.UntilAsync("response.output_audio.delta");
        _ = client.Session.SpeechStartedAsync();
        await client.UntilAsync("input_audio_buffer.speech_started");
        var events = await client.AllUntilAsync("response.done");
        var response = events[^1].GetProperty("response");
        Assert.Multiple(() =>
        {
            Assert.That(events.Count(message => Type(message) == "response.output_audio.delta"), Is.EqualTo(late));
            Assert.That(response.GetProperty("status").GetString(), Is.EqualTo("cancelled"));
            Assert.That(response.GetProperty("status_details").GetProperty("reason").GetString(), Is.EqualTo("turn_detected"));
            Assert.That(response.GetProperty("output")[0].GetProperty("status").GetString(), Is.EqualTo("incomplete"));
            Assert.That(client.Session.Ledger.Single().GeneratedMs, Is.EqualTo(400 + (late * 200)));
            Assert.That(client.Session.ActiveResponseId, Is.Null);
        });
    }

    [Test]
    public async Task Without_interrupt_response_speech_cancels_nothing_and_the_client_may()
    {
        await using var client = await ModelClient.OpenAsync();
        await client.SendAsync("""{"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":{"type":"server_vad","interrupt_response":false}}}}}""");
        await client.UntilAsync("session.updated");
        _ = client.Session.RespondAsync(ModelAnswer.Tones(2000) with { HoldAfterMs = 200 });
        await client.UntilAsync("response.output_audio.delta");
        await client.Session.SpeechStartedAsync();
        Assert.That(client.Session.ActiveResponseId, Is.Not.Null);
        await client.SendAsync("""{"type":"response.cancel"}""");
        var done = await client.UntilAsync("response.done");
        Assert.That(done.GetProperty("response").GetProperty("status_details").GetProperty("reason").GetString(), Is.EqualTo("client_cancelled"));
    }

    [Test]
    public async Task A_tool_only_response_has_no_audio()
    {
        await using var client = await ModelClient.OpenAsync();
        _ = client.Session.RespondAsync(ModelAnswer.ToolOnly);
        var types = (await client.AllUntilAsync("response.done")).Select(Type).ToList();
        Assert.That(types, Does.Contain("response.function_call_arguments.done").And.Not.Contain("response.output_audio.delta"));
        Assert.That(client.Session.Ledger, Is.Empty);
    }

    [Test]
    public async Task Session_updated_echoes_the_whole_session_or_pcm16_when_told_so()
    {
        await using var obeys = await ModelClient.OpenAsync();
        await using var ignores = await ModelClient.OpenAsync(new FakeModelOptions { IgnorePcmu = true }, configure: false);
        await ignores.SendAsync(ModelClient.Configured);
        var audio = (await ignores.UntilAsync("session.updated")).GetProperty("session").GetProperty("audio");
        Assert.That(audio.GetProperty("input").GetProperty("format").GetProperty("type").GetString(), Is.EqualTo("audio/pcm"));
        Assert.That(audio.GetProperty("input").GetProperty("turn_detection").GetProperty("silence_duration_ms").GetInt32(), Is.EqualTo(500));
        Assert.That(audio.GetProperty("output").GetProperty("format").GetProperty("rate").GetInt32(), Is.EqualTo(24000));
    }

    [Test]
    public async Task The_start_of_a_session_can_be_held_back()
    {
        var gate = new TaskCompletionSource();
        await using var client = await ModelClient.OpenAsync(new FakeModelOptions { BeforeUpdated = gate.Task.WaitAsync }, configure: false);
        await client.SendAsync(ModelClient.Configured);
        await client.Session.WaitForAsync("session.update", 1, ModelClient.Limit());
        Assert.That(client.Session.IsConfigured, Is.False);
        gate.SetResult();
        await client.UntilAsync("session.updated");
        Assert.That(client.Session.IsConfigured, Is.True);
    }

    [Test]
    public async Task The_end_of_a_session_is_told_with_who_ended_it()
    {
        await using var client = await ModelClient.OpenAsync();
        await client.CloseAsync();
        var close = await client.Session.Closed.WaitAsync(ModelClient.Limit());
        Assert.That((close.By, close.Status), Is.EqualTo((ClosedBy.Bridge, 1000)));
        Assert.That(
            async () => await client.Session.WaitForAsync("response.create"), Throws.InvalidOperationException.With.Message.Contains("over"));

        await using var other = await ModelClient.OpenAsync();
        other.Session.Abort();
        Assert.That((await other.Session.Closed.WaitAsync(ModelClient.Limit())).By, Is.EqualTo(ClosedBy.Us));
    }

    private static string Type(JsonElement message) => message.GetProperty("type").GetString()!;
}
