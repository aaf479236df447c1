using Bridge.Domain.Playback;

namespace Bridge.Domain.Turns;

/// <summary>What to do with a piece of the assistant's audio. The default is: drop it, it was cut, it is empty, or the call is over.</summary>
/// <param name="Send">Send it on, with its marks.</param>
/// <param name="Marks">The marks that go with it.</param>
/// <param name="Forget">Drop it, and tell the model that nothing of its item was heard: it came after the line was cleared.</param>
public readonly record struct PlayDecision(bool Send, PlaybackMarks Marks, Truncation? Forget);
