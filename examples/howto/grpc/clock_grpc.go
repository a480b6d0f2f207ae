package main

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// ClockServer and what follows are what protoc-gen-go-grpc writes for
//
//	service Clock {
//		rpc Now(google.protobuf.Empty) returns (google.protobuf.Timestamp);
//		rpc Watch(google.protobuf.Empty) returns (stream google.protobuf.Timestamp);
//	}
type ClockServer interface {
	Now(context.Context, *emptypb.Empty) (*timestamppb.Timestamp, error)
	Watch(*emptypb.Empty, grpc.ServerStreamingServer[timestamppb.Timestamp]) error
}

func RegisterClockServer(s grpc.ServiceRegistrar, c ClockServer) { s.RegisterService(&clockService, c) }

var clockService = grpc.ServiceDesc{
	ServiceName: "Clock",
	HandlerType: (*ClockServer)(nil),
	Methods: []grpc.MethodDesc{{
		MethodName: "Now",
		Handler: func(c any, ctx context.Context, read func(any) error, with grpc.UnaryServerInterceptor) (any, error) {
			empty := new(emptypb.Empty)
			if err := read(empty); err != nil {
				return nil, err
			}
			return with(ctx, empty, &grpc.UnaryServerInfo{Server: c, FullMethod: "/Clock/Now"}, func(ctx context.Context, empty any) (any, error) {
				return c.(ClockServer).Now(ctx, empty.(*emptypb.Empty))
			})
		},
	}},
	Streams: []grpc.StreamDesc{{
		StreamName:    "Watch",
		ServerStreams: true,
		Handler: func(c any, s grpc.ServerStream) error {
			empty := new(emptypb.Empty)
			if err := s.RecvMsg(empty); err != nil {
				return err
			}
			return c.(ClockServer).Watch(empty, &grpc.GenericServerStream[emptypb.Empty, timestamppb.Timestamp]{ServerStream: s})
		},
	}},
}
