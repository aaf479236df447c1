using System.Text.Json.Nodes;

namespace Bridge.Simulator.Model;

/// <summary>The caller's side of a conversation: the input audio buffer, when a turn begins and ends, and what follows from it.</summary>
internal sealed class CallerTurns(FakeConversation conversation, ConversationItems items, CallerTranscription transcription)
{
    private readonly EnergyVad _vad = new(onsetMs: conversation.Options.VadOnsetMs);
    private string? _speaking;
    private long _buffered;

    /// <summary>Milliseconds of audio appended in all.</summary>
    public int NowMs => _vad.NowMs;

    public async Task AppendAsync(byte[] audio, JsonObject? detection)
    {
        _buffered += audio.Length;
        var prefix = (int?)detection?["prefix_padding_ms"] ?? 300;
        var silence = (int?)detection?["silence_duration_ms"] ?? 500;
        foreach (var decided in _vad.Append(audio, prefix, silence))
        {
            if (detection is null)
                continue;
            if (decided.Started)
                await StartAsync(decided.AudioMs, detection);
            else
                await StopAsync(decided.AudioMs, detection);
        }
    }

    public async Task StartAsync(int audioMs, JsonObject? detection)
    {
        _speaking ??= conversation.NewId("item");
        conversation.Log("hears the caller speak");
        await conversation.SendAsync(OpenAIWire.SpeechStarted(audioMs, _speaking));
        if ((bool?)detection?["interrupt_response"] ?? true)
            await conversation.Responses.CancelAsync("turn_detected");
    }

    public async Task StopAsync(int audioMs, JsonObject? detection)
    {
        var itemId = _speaking ?? conversation.NewId("item");
        await conversation.SendAsync(OpenAIWire.SpeechStopped(audioMs, itemId));
        await CommitAsync(itemId);
        conversation.Log("has heard the caller's turn");
        if (((bool?)detection?["create_response"] ?? true) && conversation.Responses.NextAnswer() is { } answer)
            conversation.Responses.TryStart(answer, out _);
    }

    public async Task<RealtimeError?> CommitByClientAsync()
    {
        if (_buffered < Pcmu.Samples(100))
        {
            var has = (_buffered / 8.0).ToString("F2", System.Globalization.CultureInfo.InvariantCulture);
            return new RealtimeError(
                "input_audio_buffer_commit_empty",
                $"Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, but buffer only has {has}ms of audio.");
        }

        await CommitAsync(_speaking ?? conversation.NewId("item"));
        return null;
    }

    public void Clear() => (_buffered, _speaking) = (0, null);

    private async Task CommitAsync(string itemId)
    {
        Clear();
        var item = OpenAIWire.UserAudioItem(itemId);
        var previous = items.Add(itemId, item);
        await conversation.SendAsync(OpenAIWire.Committed(itemId, previous));
        await conversation.SendAsync(OpenAIWire.Item("conversation.item.added", previous, item));
        await conversation.SendAsync(OpenAIWire.Item("conversation.item.done", previous, item));
        await transcription.TranscribeAsync(itemId);
    }
}
