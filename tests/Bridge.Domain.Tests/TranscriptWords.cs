using Bridge.Domain.Playback;
using Bridge.Domain.Transcripts;

namespace Bridge.Domain.Tests;

/// <summary>Items of one content, as nearly all are, by their name alone.</summary>
internal static class TranscriptWords
{
    public static void Append(this Transcript transcript, string item, string text) => transcript.Append(new ItemKey(item, 0), text);

    public static void Complete(this Transcript transcript, string item, Speaker speaker, string? text) => transcript.Complete(new ItemKey(item, 0), speaker, text);

    public static void Generated(this Transcript transcript, string item, int samples) => transcript.Generated(new ItemKey(item, 0), samples);

    public static void Heard(this Transcript transcript, string item, long? samples) => transcript.Heard(new ItemKey(item, 0), samples);
}
