#!/usr/bin/env escript
%%! +P 1000000 +sbwt none
%% The cases that Erlang's supervisor can be put to: bench.escript FEW MANY RESTARTS FAILURES. It prints a sample.
-mode(compile).
-export([start/2, init/1]).

main(Args) ->
    [Few, Many, Restarts, Failures] = [list_to_integer(A) || A <- Args],
    logger:set_primary_config(level, none),
    process_flag(trap_exit, true),
    All = restart("error", Few, Restarts) ++ restart("many", Many, Restarts)
        ++ storm(Few, Failures) ++ start_stop(Many),
    io:format("{~s}~n", [lists:join(",", [io_lib:format("\"~s\":~f", [K, float(V)]) || {K, V} <- All])]).

%% Limits are counted, in the shortest window that there is, and never reached.
supervise(N) ->
    {ok, Super} = supervisor:start_link(?MODULE, {N, self()}),
    Super.

init({N, Boss}) ->
    Child = fun(I) -> #{id => I, start => {?MODULE, start, [I, Boss]}, restart => permanent, shutdown => 5000} end,
    {ok, {#{strategy => one_for_one, intensity => 1000000000, period => 1}, [Child(I) || I <- lists:seq(1, N)]}}.

start(I, Boss) ->
    {ok, spawn_link(fun() ->
        Now = erlang:monotonic_time(nanosecond),
        Boss ! {up, I, self(), Now},
        receive fail -> Boss ! {fails, erlang:monotonic_time(nanosecond)}, exit(failed) end
    end)}.

up(N) -> [receive {up, I, Pid, _} -> {I, Pid} end || _ <- lists:seq(1, N)].

stop(Super) ->
    exit(Super, shutdown),
    receive {'EXIT', Super, _} -> ok end.

%% From just before a child's end to the first instruction of its next run; each of the children in its turn.
restart(Key, N, Times) ->
    Super = supervise(N),
    Took = lists:sort(turns(Times, queue:from_list(up(N)), [])),
    stop(Super),
    [{Key ++ " p50", lists:nth(Times div 2, Took)}, {Key ++ " p99", lists:nth(Times * 99 div 100, Took)}].

turns(0, _, Took) -> Took;
turns(Left, Children, Took) ->
    {{value, {I, Pid}}, Rest} = queue:out(Children),
    Pid ! fail,
    At = receive {fails, T} -> T end,
    receive {up, I, Next, Now} -> turns(Left - 1, queue:in({I, Next}, Rest), [(Now - At) / 1000 | Took]) end.

%% All children fail as often as they are told to.
storm(N, Failures) ->
    Super = supervise(N),
    Children = up(N),
    Began = erlang:monotonic_time(nanosecond),
    [Pid ! fail || {_, Pid} <- Children],
    rage(maps:from_list([{I, Failures} || {I, _} <- Children]), N),
    Took = erlang:monotonic_time(nanosecond) - Began,
    stop(Super),
    [{"storm", N * Failures / (Took / 1.0e9) / 1.0e6}].

rage(_, 0) -> ok;
rage(Left, Raging) ->
    receive
        {fails, _} -> rage(Left, Raging);
        {up, I, Pid, _} ->
            case maps:get(I, Left) of
                1 -> rage(Left, Raging - 1);
                N -> Pid ! fail, rage(Left#{I := N - 1}, Raging)
            end
    end.

start_stop(N) ->
    erlang:garbage_collect(),
    Before = erlang:memory(processes),
    Began = erlang:monotonic_time(nanosecond),
    Super = supervise(N),
    up(N),
    Started = erlang:monotonic_time(nanosecond) - Began,
    [erlang:garbage_collect(P) || P <- [self(), Super]],
    Weight = erlang:memory(processes) - Before,
    Then = erlang:monotonic_time(nanosecond),
    stop(Super),
    Stopped = erlang:monotonic_time(nanosecond) - Then,
    [{"start", Started / N / 1000}, {"stop", Stopped / 1.0e6}, {"memory", Weight / N}].
