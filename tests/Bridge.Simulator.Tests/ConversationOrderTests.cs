using System.Text.Json;
using Bridge.Simulator.Model;

namespace Bridge.Simulator.Tests;

/// <summary>The chain of items, the words of the caller's turns, and the time that answers take.</summary>
internal sealed class ConversationOrderTests
{
    private const string Transcribing =
        """{"type":"session.update","session":{"type":"realtime","audio":{"input":{"transcription":{"model":"gpt-transcribe"}}}}}""";

    [Test]
    public async Task Each_item_names_the_one_before_it_whoever_made_it()
    {
        await using var client = await ModelClient.OpenAsync(new FakeModelOptions { Answers = [ModelAnswer.ToolOnly, ModelAnswer.Tones(20, 20)] });
        for (var turn = 0; turn < 2; turn++)
        {
            await client.Session.SpeechStartedAsync();
            await client.Session.SpeechStoppedAsync();
            await client.Session.WaitUntilAsync(session => session.Record.Sent.Count(type => type == "response.done") > turn, ModelClient.Limit());
        }

        await client.SendAsync("""{"type":"conversation.item.create","previous_item_id":"root","item":{"id":"first","type":"function_call_output","call_id":"c","output":"o"}}""");
        var events = await client.AllUntilAsync("response.done");
        events.AddRange(await client.AllUntilAsync("response.done"));
        await client.SendAsync("""{"type":"conversation.item.delete","item_id":"first"}""");
        events.AddRange(await client.AllUntilAsync("conversation.item.deleted"));
        var added = events.Where(message => Type(message) == "conversation.item.added").ToList();
        var done = events.Where(message => Type(message) == "conversation.item.done").ToList();
        string?[] chain = [.. added.Take(5).Select(message => message.GetProperty("item").GetProperty("id").GetString())];
        Assert.Multiple(() =>
        {
            Assert.That(added.Take(5).Select(Previous), Is.EqualTo(new[] { null, chain[0], chain[1], chain[2], chain[3] }));
            Assert.That(done.Take(5).Select(Previous), Is.EqualTo(new[] { null, chain[0], chain[1], chain[2], chain[3] }));
            Assert.That(added.Take(5).Select(message => message.GetProperty("item").GetProperty("type").GetString()), Is.EqualTo(new[] { "message", "function_call", "message", "message", "message" }));
            Assert.That(Previous(added[5]), Is.Null, "'root' is the beginning");
        });
    }

    [Test]
    public async Task A_previous_item_that_is_not_there_is_refused()
    {
        await using var client = await ModelClient.OpenAsync();
        await client.SendAsync("""{"type":"conversation.item.create","previous_item_id":"nobody","item":{"type":"function_call_output","call_id":"c","output":"o"}}""");
        await client.UntilAsync("error");
        Assert.That(client.Session.Errors.Single().Message, Does.Contain("'nobody'"));
    }

    [Test]
    public async Task The_words_of_a_turn_come_at_once_or_after_the_next_response_or_not_at_all()
    {
        var options = new FakeModelOptions
        {
            Answers = [ModelAnswer.Tones(20)],
            Transcripts = [new("hello there"), new("and late", TranscriptTiming.AfterNextResponse), new("") { Fails = true }],
        };
        await using var client = await ModelClient.OpenAsync(options);
        await client.SendAsync(Transcribing);
        await client.UntilAsync("session.updated");
        var atOnce = await TurnAsync(client, "response.done");
        var late = await TurnAsync(client, "conversation.item.input_audio_transcription.completed");
        var failed = await TurnAsync(client, "response.done");
        Assert.Multiple(() =>
        {
            Assert.That(Words(atOnce), Is.EqualTo("hello there"));
            Assert.That(atOnce.FindIndex(message => Type(message).EndsWith("transcription.completed", StringComparison.Ordinal)), Is.LessThan(atOnce.FindIndex(message => Type(message) == "response.created")));
            Assert.That(Words(late), Is.EqualTo("and late"));
            Assert.That(late.Select(Type), Does.Contain("response.done"));
            Assert.That(late[^1].GetProperty("item_id").GetString(), Is.EqualTo(late.First(message => Type(message) == "input_audio_buffer.committed").GetProperty("item_id").GetString()));
            Assert.That(failed.Select(Type), Does.Contain("conversation.item.input_audio_transcription.failed"));
        });
    }

    [Test]
    public async Task Without_a_transcription_model_there_are_no_words()
    {
        await using var client = await ModelClient.OpenAsync(new FakeModelOptions { Answers = [ModelAnswer.Tones(20)], Transcripts = [new("hello")] });
        Assert.That((await TurnAsync(client, "response.done")).Select(Type), Has.None.Contains("transcription.completed"));
    }

    [Test]
    public async Task An_answer_takes_its_time_on_the_given_clock_and_stalls_in_its_middle()
    {
        var clock = new ManualClock();
        await using var client = await ModelClient.OpenAsync(new FakeModelOptions { Clock = clock });
        var item = AnswerItem.Tone(1000) with { StallAfterMs = 400, StallMs = 700 };
        var answer = client.Session.RespondAsync(new ModelAnswer([item], Speed: 2, DeltaMs: 200));
        while (!answer.IsCompleted)
        {
            await client.Session.RestAsync(ModelClient.Limit());
            clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        // 200 ms of audio take 100 ms; the third delta comes 700 ms later, and so do all behind it.
        var sent = client.Session.Ledger.Single().Deltas.Select(delta => TimeSpan.FromTicks(delta.At).TotalMilliseconds);
        Assert.That(sent, Is.EqualTo(new[] { 0.0, 100, 900, 1000, 1100 }));
    }

    [Test]
    public async Task Ids_never_come_again_in_the_life_of_a_server()
    {
        await using var client = await ModelClient.OpenAsync(new FakeModelOptions { Answers = [ModelAnswer.Tones(20)] });
        var first = await TurnAsync(client, "response.done");
        await using var other = await client.OpenAnotherAsync();
        var second = await TurnAsync(other, "response.done");
        var ids = first.Concat(second).Where(message => Type(message) is "response.created" or "input_audio_buffer.speech_started")
            .Select(message => Type(message) == "response.created" ? message.GetProperty("response").GetProperty("id").GetString() : message.GetProperty("item_id").GetString());
        Assert.That(ids, Is.Unique);
        Assert.That(client.Session.Ledger[0].Ordinal, Is.Not.EqualTo(other.Session.Ledger[0].Ordinal));
    }

    private static async Task<List<JsonElement>> TurnAsync(ModelClient client, string until)
    {
        await client.Session.SpeechStartedAsync();
        await client.Session.SpeechStoppedAsync();
        return await client.AllUntilAsync(until);
    }

    private static string Words(IEnumerable<JsonElement> events) => string.Concat(
        events.Where(message => Type(message).EndsWith("input_audio_transcription.delta", StringComparison.Ordinal)).Select(message => message.GetProperty("delta").GetString()));

    private static string? Previous(JsonElement message) => message.GetProperty("previous_item_id").GetString();

    private static string Type(JsonElement message) => message.GetProperty("type").GetString()!;
}
