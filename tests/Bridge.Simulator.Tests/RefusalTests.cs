using System.Net.WebSockets;
using Bridge.Simulator.Model;

namespace Bridge.Simulator.Tests;

/// <summary>The fake model refuses what the API refuses, in its words, and goes on.</summary>
internal sealed class RefusalTests
{
    private ModelClient _client = null!;

    [SetUp]
    public async Task SetUp() => _client = await ModelClient.OpenAsync(new FakeModelOptions { Answers = [] });

    [TearDown]
    public Task TearDown() => _client.DisposeAsync().AsTask();

    [TestCase("""{"temperature":0.8,"type":"realtime"}""", "unknown_parameter", "Unknown parameter: 'session.temperature'.")]
    [TestCase("""{"type":"realtime","turn_detection":null}""", "unknown_parameter", "Unknown parameter: 'session.turn_detection'.")]
    [TestCase("""{"type":"realtime","input_audio_format":"g711_ulaw"}""", "unknown_parameter", "Unknown parameter: 'session.input_audio_format'.")]
    [TestCase("""{"instructions":"x"}""", "missing_required_parameter", "Missing required parameter: 'session.type'.")]
    [TestCase("""{"type":"realtime","audio":{"input":{"format":"g711_ulaw"}}}""", "invalid_type", "expected an object, but got a string")]
    [TestCase("""{"type":"realtime","audio":{"input":{"format":{"type":"audio/pcmu","rate":8000}}}}""", "unknown_parameter", "'session.audio.input.format.rate'")]
    [TestCase("""{"type":"realtime","audio":{"input":{"format":{"type":"audio/ulaw"}}}}""", "invalid_value", "'audio/pcmu'")]
    [TestCase("""{"type":"realtime","audio":{"input":{"turn_detection":{"type":"server_vad","threshold":2}}}}""", "integer_above_max_value", "threshold")]
    [TestCase("""{"type":"realtime","audio":{"output":{"voice":"nova"}}}""", "invalid_value", "'nova'")]
    [TestCase("""{"type":"realtime","output_modalities":["audio","text"]}""", "invalid_value", "")]
    [TestCase("""{"type":"realtime","model":"other"}""", "invalid_value", "'other'")]
    public async Task A_session_update_with_one_wrong_field_is_dropped_whole(string session, string code, string message)
    {
        var error = await RefusedAsync($$"""{"type":"session.update","event_id":"mine","session":{{session}}}""");
        Assert.That(error, Is.EqualTo((code, "mine")));
        Assert.That(_client.Session.Errors.Single().Message, Does.Contain(message));
        await _client.SendAsync("""{"type":"session.update","session":{"type":"realtime"}}""");
        var effective = (await _client.UntilAsync("session.updated")).GetProperty("session");
        Assert.That(effective.GetProperty("audio").GetProperty("input").GetProperty("format").GetProperty("type").GetString(), Is.EqualTo("audio/pcmu"));
    }

    [TestCase("""{"type":"response.stop"}""", "invalid_value", "Invalid value: 'response.stop'. Supported values are: 'session.update', ")]
    [TestCase("""{"event_id":"x"}""", "missing_required_parameter", "'type'")]
    [TestCase("""{"type":"input_audio_buffer.append","audio":"%%"}""", "invalid_value", "base64")]
    [TestCase("""{"type":"input_audio_buffer.append"}""", "missing_required_parameter", "'audio'")]
    [TestCase("""{"type":"input_audio_buffer.append","audio":"/w==","track":1}""", "unknown_parameter", "'track'")]
    [TestCase("""{"type":"response.create","response":{"temperature":1}}""", "unknown_parameter", "'response.temperature'")]
    [TestCase("""{"type":"response.cancel"}""", "response_cancel_not_active", "Cancellation failed: no active response found")]
    [TestCase("""{"type":"input_audio_buffer.commit"}""", "input_audio_buffer_commit_empty", "buffer only has 0.00ms of audio.")]
    [TestCase("""{"type":"output_audio_buffer.clear"}""", "invalid_value", "WebRTC")]
    [TestCase("""{"type":"conversation.item.truncate","item_id":"nobody","content_index":0,"audio_end_ms":1}""", "item_truncate_invalid_item_id", "Error truncating item: the item with id 'nobody' does not exist.")]
    [TestCase("""{"type":"conversation.item.truncate","item_id":"nobody","content_index":0,"audio_end_ms":1.5}""", "invalid_type", "expected an integer")]
    [TestCase("""{"type":"conversation.item.delete","item_id":"nobody"}""", "item_delete_invalid_item_id", "does not exist")]
    [TestCase("""{"type":"conversation.item.retrieve","item_id":"nobody"}""", "item_retrieve_invalid_item_id", "does not exist")]
    [TestCase("""{"type":"conversation.item.create","item":{"type":"message","role":"assistant","content":[{"type":"input_text","text":"x"}]}}""", "invalid_value", "output_text")]
    [TestCase("not json", "invalid_json", "")]
    public async Task A_wrong_event_is_answered_with_the_error_of_the_api(string json, string code, string message)
    {
        Assert.That((await RefusedAsync(json)).Code, Is.EqualTo(code));
        Assert.That(_client.Session.Errors.Single().Message, Does.Contain(message));
    }

    [Test]
    public async Task An_event_id_of_more_than_512_characters_is_refused()
    {
        var error = await RefusedAsync($$"""{"type":"input_audio_buffer.clear","event_id":"{{new string('x', 513)}}"}""");
        Assert.That(error.Code, Is.EqualTo("string_above_max_length"));
    }

    [Test]
    public async Task A_truncation_past_the_end_of_the_audio_is_refused_in_the_words_of_the_api()
    {
        var item = await SpokenItemAsync(400);
        await RefusedAsync(Truncate(item, 401));
        Assert.That(_client.Session.Errors.Single().Message, Is.EqualTo("Audio content of 400ms is already shorter than 401ms"));
        Assert.That(item.TruncatedToMs, Is.Null);

        await _client.SendAsync(Truncate(item, 300));
        await _client.UntilAsync("conversation.item.truncated");
        Assert.That(item.RememberedMs, Is.EqualTo(300));
        await RefusedAsync(Truncate(item, 350));
        Assert.That(_client.Session.Errors[^1].Message, Is.EqualTo("Audio content of 300ms is already shorter than 350ms"));
    }

    [Test]
    public async Task Only_audio_of_the_assistant_can_be_truncated()
    {
        await _client.SendAsync(
            """{"type":"conversation.item.create","item":{"id":"mine","type":"message","role":"user","content":[{"type":"input_text","text":"x"}]}}""");
        await RefusedAsync("""{"type":"conversation.item.truncate","item_id":"mine","content_index":0,"audio_end_ms":0}""");
        Assert.That(_client.Session.Errors.Single().Message, Does.Contain("can be truncated"));
    }

    [Test]
    public async Task A_second_response_at_the_same_time_is_refused()
    {
        var first = _client.Session.RespondAsync(ModelAnswer.Tones(400) with { HoldAfterMs = 200 });
        await _client.UntilAsync("response.output_audio.delta");
        var error = await RefusedAsync("""{"type":"response.create"}""");
        Assert.That(error.Code, Is.EqualTo("conversation_already_has_active_response"));
        Assert.That(_client.Session.Errors.Single().Message, Does.Contain(_client.Session.ActiveResponseId));
        _client.Session.Continue();
        await first.WaitAsync(ModelClient.Limit());
    }

    [Test]
    public async Task The_voice_cannot_change_once_audio_was_spoken()
    {
        const string Update = """{"type":"session.update","session":{"type":"realtime","audio":{"output":{"voice":"marin"}}}}""";
        await _client.SendAsync(Update);
        await _client.UntilAsync("session.updated");
        await SpokenItemAsync(20);
        Assert.That((await RefusedAsync(Update.Replace("marin", "cedar", StringComparison.Ordinal))).Code, Is.EqualTo("cannot_update_voice"));
        await _client.SendAsync(Update);
        await _client.UntilAsync("session.updated");
    }

    [Test]
    public async Task Settings_of_newer_models_are_refused_by_older_ones()
    {
        await using var server = await FakeRealtimeServer.StartAsync();
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer key");
        await socket.ConnectAsync(new Uri(server.Url + "?model=gpt-realtime"), ModelClient.Limit());
        var session = await server.NextConversationAsync(ModelClient.Limit());
        var update = """{"type":"session.update","session":{"type":"realtime","reasoning":{"effort":"low"}}}"""u8.ToArray();
        await socket.SendAsync(update, WebSocketMessageType.Text, true, ModelClient.Limit());
        await session.WaitUntilAsync(conversation => conversation.Errors.Count == 1, ModelClient.Limit());
    }

    [Test]
    public async Task Audio_before_the_session_is_configured_and_binary_messages_are_noted()
    {
        await using var client = await ModelClient.OpenAsync(configure: false);
        await client.AppendAsync(Pcmu.Quiet(160));
        await client.SendBinaryAsync();
        await client.Session.WaitUntilAsync(session => session.Violations.Count == 2, ModelClient.Limit());
        Assert.That(client.Session.Violations[0], Does.Contain("before session.updated"));
        Assert.That(client.Session.Violations[1], Does.Contain("binary"));
    }

    [TestCase("?model=m&temperature=0.8", "Bearer key", null, 400)]
    [TestCase("", "Bearer key", null, 400)]
    [TestCase("?model=m", "", null, 401)]
    [TestCase("?model=m", "Bearer ", null, 401)]
    [TestCase("?model=m", "Bearer key", "realtime=v1", 400)]
    public async Task A_wrong_handshake_is_answered_over_http(string query, string authorization, string? beta, int status)
    {
        await using var server = await FakeRealtimeServer.StartAsync();
        Assert.That(await DialAsync(server, query, authorization, beta), Is.EqualTo(status));
        Assert.That(server.Dials.Single().Status, Is.EqualTo(status));
    }

    [Test]
    public async Task The_handshake_can_be_refused_until_it_is_not()
    {
        await using var server = await FakeRealtimeServer.StartAsync(new FakeModelOptions { RefuseWith = 429, RetryAfter = 2 });
        Assert.That(await DialAsync(server, "?model=m", "Bearer key", null), Is.EqualTo(429));
        server.Options = new FakeModelOptions();
        Assert.That(await DialAsync(server, "?model=m", "Bearer key", null), Is.EqualTo(101));
    }

    private static async Task<int> DialAsync(FakeRealtimeServer server, string query, string authorization, string? beta)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        if (authorization.Length > 0)
            socket.Options.SetRequestHeader("Authorization", authorization);
        if (beta is not null)
            socket.Options.SetRequestHeader("OpenAI-Beta", beta);
        try
        {
            await socket.ConnectAsync(new Uri(server.Url + query), ModelClient.Limit());
        }
        catch (WebSocketException) when (socket.HttpStatusCode != 0)
        {
            // The status says it.
        }

        return (int)socket.HttpStatusCode;
    }

    private static string Truncate(LedgerItem item, int ms) =>
        $$"""{"type":"conversation.item.truncate","item_id":"{{item.ItemId}}","content_index":0,"audio_end_ms":{{ms}}}""";

    private async Task<(string? Code, string? EventId)> RefusedAsync(string json)
    {
        await _client.SendAsync(json);
        var error = (await _client.UntilAsync("error")).GetProperty("error");
        Assert.That(error.GetProperty("type").GetString(), Is.EqualTo("invalid_request_error"));
        return (error.GetProperty("code").GetString(), error.GetProperty("event_id").GetString());
    }

    private async Task<LedgerItem> SpokenItemAsync(int milliseconds)
    {
        _ = _client.Session.RespondAsync(ModelAnswer.Tones(milliseconds));
        await _client.UntilAsync("response.done");
        return _client.Session.Ledger[^1];
    }
}
