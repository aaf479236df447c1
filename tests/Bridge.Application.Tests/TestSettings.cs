using Bridge.Application.Options;

namespace Bridge.Application.Tests;

/// <summary>Settings that have no default in the code.</summary>
internal static class TestSettings
{
    public static AssistantOptions Assistant() => new()
    {
        Instructions = "Be kind.",
        Greeting = "Say hello.",
        TakeUp = "Take it up.",
        HearAgain = "Hear it again.",
        StillThere = "Anybody there?",
        Goodbye = "Say goodbye.",
        Filtered = "Say something else.",
    };
}
