using System.Text.Json.Nodes;

namespace Bridge.Simulator.Model;

/// <summary>The transcriber of the caller's turns: speaks only when the session has a model for it, and by script.</summary>
internal sealed class CallerTranscription(FakeConversation conversation, EffectiveSession session, ConversationItems items)
{
    private readonly Lock _gate = new();
    private readonly List<(string ItemId, CallerTranscript Transcript)> _late = [];
    private int _turns;

    /// <summary>A turn of the caller became an item.</summary>
    public async Task TranscribeAsync(string itemId)
    {
        var script = conversation.Options.Transcripts;
        if (!session.Transcribes || script.Count == 0)
            return;
        var transcript = script[_turns++ % script.Count];
        if (transcript.Timing == TranscriptTiming.AtOnce)
        {
            await SendAsync(itemId, transcript);
            return;
        }

        lock (_gate)
            _late.Add((itemId, transcript));
    }

    /// <summary>A response has ended: the late ones are ready.</summary>
    public async Task ResponseEndedAsync()
    {
        (string ItemId, CallerTranscript Transcript)[] ready;
        lock (_gate)
        {
            ready = [.. _late];
            _late.Clear();
        }

        foreach (var (itemId, transcript) in ready)
            await SendAsync(itemId, transcript);
    }

    private async Task SendAsync(string itemId, CallerTranscript transcript)
    {
        if (transcript.Fails)
        {
            var error = new JsonObject
            {
                ["type"] = "transcription_error", ["code"] = "audio_unintelligible", ["message"] = "The audio could not be transcribed.", ["param"] = null,
            };
            await conversation.SendAsync(OpenAIWire.Transcription("failed", itemId).With("error", error));
            return;
        }

        items.PutIntoWords(itemId, transcript.Text);

        // In two pieces, as words come.
        var half = transcript.Text.Length / 2;
        foreach (var piece in new[] { transcript.Text[..half], transcript.Text[half..] }.Where(piece => piece.Length > 0))
            await conversation.SendAsync(OpenAIWire.Transcription("delta", itemId).With("delta", piece));
        var usage = new JsonObject { ["type"] = "duration", ["seconds"] = 1 };
        await conversation.SendAsync(OpenAIWire.Transcription("completed", itemId).With("transcript", transcript.Text).With("usage", usage));
    }
}
