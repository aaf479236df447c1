using Bridge.Application.Abstractions;
using Bridge.Domain.Turns;
using Bridge.Infrastructure.Realtime.OpenAI;

namespace Bridge.Infrastructure.Tests;

/// <summary>How a response ended, and when a limit lets us ask again.</summary>
public sealed class OpenAIResponseEndingTests
{
    private const string Exhausted = """{"type":"rate_limits.updated","rate_limits":[{"name":"requests","limit":10,"remaining":0,"reset_seconds":1.5},{"name":"tokens","limit":100,"remaining":0,"reset_seconds":0.5},{"name":"days","limit":9,"remaining":3,"reset_seconds":3600}]}""";
    private const string RateLimited = "\"status\":\"failed\",\"status_details\":{\"error\":{\"type\":\"tokens\",\"code\":\"rate_limit_exceeded\",\"message\":\"Later.\"}}";

    private readonly OpenAIEventReader _reader = new();

    [TestCase("\"status\":\"completed\",\"output\":[{\"type\":\"message\"}]", ResponseEnding.Completed)]
    [TestCase("\"status\":\"completed\",\"output\":[]", ResponseEnding.Completed)]
    [TestCase("\"status\":\"completed\",\"output\":null", ResponseEnding.Completed)]
    [TestCase("\"status\":\"completed\",\"output\":[{\"type\":\"function_call\",\"name\":\"book\"}]", ResponseEnding.ToolCall)]
    [TestCase("\"status\":\"completed\",\"output\":[{\"type\":\"message\"},{\"type\":\"function_call\"}]", ResponseEnding.ToolCall)]
    [TestCase("\"status\":\"completed\",\"output\":[{\"type\":\"mcp_call\"}]", ResponseEnding.ToolCall)]
    [TestCase("\"status\":\"completed\",\"output\":[{\"type\":\"mcp_approval_request\"}]", ResponseEnding.ToolCall)]
    [TestCase("\"status\":\"completed\",\"output\":[1,null,\"function_call\"]", ResponseEnding.Completed)]
    [TestCase("\"status\":\"cancelled\",\"status_details\":{\"reason\":\"turn_detected\"}", ResponseEnding.Cancelled)]
    [TestCase("\"status\":\"cancelled\",\"output\":[{\"type\":\"function_call\"}]", ResponseEnding.Cancelled)]
    [TestCase("\"status\":\"incomplete\",\"status_details\":{\"reason\":\"max_output_tokens\"}", ResponseEnding.Incomplete)]
    [TestCase("\"status\":\"incomplete\",\"status_details\":null", ResponseEnding.Incomplete)]
    [TestCase("\"status\":\"incomplete\",\"status_details\":{\"reason\":\"content_filter\"}", ResponseEnding.Filtered)]
    [TestCase("\"status\":\"failed\",\"status_details\":{\"error\":{\"type\":\"server_error\",\"code\":null}}", ResponseEnding.Failed)]
    [TestCase("\"status\":\"failed\",\"status_details\":{\"error\":{\"code\":\"insufficient_quota\"}}", ResponseEnding.Failed)]
    [TestCase("\"status\":\"failed\",\"status_details\":{}", ResponseEnding.Failed)]
    [TestCase("\"status\":\"failed\"", ResponseEnding.Failed)]
    [TestCase(RateLimited, ResponseEnding.RateLimited)]
    [TestCase("\"status\":\"failed\",\"status_details\":{\"error\":{\"type\":\"rate_limit_error\"}}", ResponseEnding.RateLimited)]
    [TestCase("\"status\":\"failed\",\"status_details\":{\"error\":{\"code\":\"inference_rate_limit_exceeded\"}}", ResponseEnding.RateLimited)]
    public void Each_status_and_reason_is_an_ending(string response, ResponseEnding ending)
    {
        var e = Done(response);

        Assert.That((e.Kind, e.ResponseId, e.Ending), Is.EqualTo((RealtimeEventKind.ResponseFinished, "resp_1", ending)));
        Assert.That(e.Error is null, Is.EqualTo(ending is ResponseEnding.Completed or ResponseEnding.ToolCall or ResponseEnding.Cancelled));
    }

    [Test]
    public void A_response_that_failed_for_the_quota_is_fatal() =>
        Assert.That(Done("\"status\":\"failed\",\"status_details\":{\"error\":{\"code\":\"insufficient_quota\"}}").Error!.Kind, Is.EqualTo(RealtimeErrorKind.Fatal));

    [Test]
    public void A_limit_that_is_used_up_says_when_to_ask_again_and_of_several_the_last()
    {
        Read(Exhausted);

        Assert.That(Done(RateLimited).Error!.RetryAfter, Is.EqualTo(TimeSpan.FromSeconds(1.5)));
    }

    [TestCase("\"status\":\"failed\",\"status_details\":{\"error\":{\"type\":\"server_error\"}}")]
    [TestCase("\"status\":\"incomplete\",\"status_details\":{\"reason\":\"max_output_tokens\"}")]
    public void A_response_that_failed_for_another_reason_waits_for_no_limit(string response)
    {
        Read(Exhausted);

        Assert.That(Done(response).Error!.RetryAfter, Is.Null);
    }

    [TestCase("""{"type":"rate_limits.updated","rate_limits":[{"name":"requests","remaining":1,"reset_seconds":9}]}""")]
    [TestCase("""{"type":"rate_limits.updated","rate_limits":[]}""")]
    [TestCase("""{"type":"rate_limits.updated"}""")]
    public void A_later_update_takes_the_place_of_the_one_before(string update)
    {
        Read(Exhausted);
        Read(update);

        Assert.That(Done(RateLimited).Error!.RetryAfter, Is.Null);
    }

    [TestCase("null")]
    [TestCase("{}")]
    [TestCase("[null,1,\"x\",[]]")]
    [TestCase("""[{"remaining":"0","reset_seconds":1}]""")]
    [TestCase("""[{"remaining":0,"reset_seconds":"1"}]""")]
    [TestCase("""[{"remaining":0}]""")]
    [TestCase("""[{"reset_seconds":1}]""")]
    [TestCase("""[{"remaining":0,"reset_seconds":-1}]""")]
    [TestCase("""[{"remaining":0,"reset_seconds":1e300}]""")]
    public void Limits_that_say_nothing_sensible_say_nothing(string limits)
    {
        Assert.That(Read($$"""{"type":"rate_limits.updated","rate_limits":{{limits}}}""").Kind, Is.EqualTo(OpenAIEventKind.Ignored));
        Assert.That(Done(RateLimited).Error!.RetryAfter, Is.Null);
    }

    private OpenAIEvent Read(string message) => _reader.Read(Wire.Bytes(message));

    private RealtimeEvent Done(string response) => Read($$$"""{"type":"response.done","response":{"id":"resp_1",{{{response}}}}}""").Event;
}
