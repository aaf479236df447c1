using System.Text.Json;
using Bridge.Simulator.Model;

namespace Bridge.Simulator.Tests;

/// <summary>What the model does when its client and it cross each other.</summary>
internal sealed class CollisionTests
{
    private ModelClient _client = null!;

    [SetUp]
    public async Task SetUp() => _client = await ModelClient.OpenAsync(new FakeModelOptions { Answers = [ModelAnswer.Tones(400)] });

    [TearDown]
    public Task TearDown() => _client.DisposeAsync().AsTask();

    [Test]
    public async Task A_create_can_be_refused_although_nothing_is_active_and_no_done_follows()
    {
        _client.Session.Collisions.RefuseNextCreate();
        await _client.SendAsync("""{"type":"response.create","event_id":"first"}""");
        await _client.SendAsync("""{"type":"response.create","event_id":"second"}""");
        var events = await _client.AllUntilAsync("response.done");
        var error = events[0].GetProperty("error");
        Assert.That(error.GetProperty("code").GetString(), Is.EqualTo("conversation_already_has_active_response"));
        Assert.That(error.GetProperty("event_id").GetString(), Is.EqualTo("first"));
        Assert.That(events.Select(Type).Count(type => type == "response.created"), Is.EqualTo(1));
    }

    [Test]
    public async Task The_done_of_the_active_response_can_come_before_the_error()
    {
        _ = _client.Session.RespondAsync(ModelAnswer.Tones(400) with { HoldAfterMs = 200 });
        await _client.UntilAsync("response.output_audio.delta");
        _client.Session.Collisions.FinishBeforeNextRefusal();
        await _client.SendAsync("""{"type":"response.create"}""");
        var types = (await _client.AllUntilAsync("error")).Select(Type).ToList();
        Assert.That(types[^2], Is.EqualTo("response.done"));
        Assert.That(_client.Session.ActiveResponseId, Is.Null);
    }

    [Test]
    public async Task Before_created_neither_speech_nor_a_cancel_finds_the_response_and_a_second_create_is_refused()
    {
        _ = _client.Session.RespondAsync(ModelAnswer.Tones(400) with { HoldBeforeCreated = true });
        await _client.SendAsync("""{"type":"response.cancel"}""");
        Assert.That(Code(await _client.UntilAsync("error")), Is.EqualTo("response_cancel_not_active"));
        await _client.SendAsync("""{"type":"response.create"}""");
        Assert.That(Code(await _client.UntilAsync("error")), Is.EqualTo("conversation_already_has_active_response"));
        await _client.Session.SpeechStartedAsync();
        _client.Session.Continue();
        var events = await _client.AllUntilAsync("response.done");
        Assert.That(events.Select(Type).Take(2), Is.EqualTo(new[] { "input_audio_buffer.speech_started", "response.created" }));
        Assert.That(events[^1].GetProperty("response").GetProperty("status").GetString(), Is.EqualTo("completed"));
    }

    [Test]
    public async Task A_cancel_by_id_cancels_only_that_response()
    {
        _ = _client.Session.RespondAsync(ModelAnswer.Tones(400) with { HoldAfterMs = 200 });
        var id = (await _client.UntilAsync("response.created")).GetProperty("response").GetProperty("id").GetString();
        await _client.SendAsync("""{"type":"response.cancel","response_id":"resp_other"}""");
        Assert.That(Code(await _client.UntilAsync("error")), Is.EqualTo("response_cancel_not_active"));
        await _client.SendAsync($$"""{"type":"response.cancel","response_id":"{{id}}"}""");
        var response = (await _client.UntilAsync("response.done")).GetProperty("response");
        Assert.That(response.GetProperty("status_details").GetProperty("reason").GetString(), Is.EqualTo("client_cancelled"));
    }

    [Test]
    public async Task Metadata_is_returned_with_the_response_it_was_given_to()
    {
        await _client.SendAsync("""{"type":"response.create","response":{"metadata":{"asked":"greeting"}}}""");
        var events = await _client.AllUntilAsync("response.done");
        foreach (var message in new[] { events[0], events[^1] })
            Assert.That(message.GetProperty("response").GetProperty("metadata").GetProperty("asked").GetString(), Is.EqualTo("greeting"));
    }

    [TestCase(17, 1, 1, "object_above_max_properties")]
    [TestCase(1, 65, 1, "invalid_property_name")]
    [TestCase(1, 1, 513, "string_above_max_length")]
    [TestCase(16, 60, 512, null)]
    public async Task Metadata_has_limits(int pairs, int name, int value, string? code)
    {
        var metadata = Enumerable.Range(0, pairs).ToDictionary(i => new string('k', name) + (pairs > 1 ? $"{i}" : ""), _ => new string('v', value));
        await _client.SendAsync(JsonSerializer.Serialize(new { type = "response.create", response = new { metadata } }));
        if (code is null)
            await _client.UntilAsync("response.done");
        else
            Assert.That(Code(await _client.UntilAsync("error")), Is.EqualTo(code));
    }

    [Test]
    public async Task An_event_id_that_comes_twice_is_a_violation()
    {
        for (var i = 0; i < 2; i++)
            await _client.SendAsync("""{"type":"input_audio_buffer.clear","event_id":"mine"}""");
        await _client.UntilAsync("input_audio_buffer.cleared");
        await _client.UntilAsync("input_audio_buffer.cleared");
        Assert.That(_client.Session.Violations.Single(), Does.Contain("'mine'"));
    }

    [Test]
    public async Task A_command_without_an_event_id_is_a_violation_where_one_is_asked_for()
    {
        await using var client = await ModelClient.OpenAsync(new FakeModelOptions { RequireEventIds = true }, configure: false);
        await client.AppendAsync(Pcmu.Quiet(160));
        await client.SendAsync("""{"type":"input_audio_buffer.clear"}""");
        await client.UntilAsync("input_audio_buffer.cleared");
        Assert.That(client.Session.Violations[^1], Does.Contain("input_audio_buffer.clear without"));
    }

    private static string Type(JsonElement message) => message.GetProperty("type").GetString()!;

    private static string? Code(JsonElement message) => message.GetProperty("error").GetProperty("code").GetString();
}
